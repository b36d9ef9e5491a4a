const FNV_OFFSET = 0x81_1c_9d_c5;
const FNV_PRIME = 0x01_00_01_93;

/**
 * Whether a comment belongs to the sample: for about `share` of all ids, and for one id always the same, so that a decision can
 * be made again. FNV-1a over the id, finished as MurmurHash3 does, since neighbouring ids differ in few bits.
 * @param share 0 to 1
 */
export function isSampled(commentId: string, share: number): boolean {
  let hash = FNV_OFFSET;
  for (let index = 0; index < commentId.length; index += 1) {
    hash = Math.imul(hash ^ commentId.charCodeAt(index), FNV_PRIME);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 < share;
}
