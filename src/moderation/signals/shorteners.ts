/** Well-known link shorteners, by hand; their subdomains count too. */
export const SHORTENERS: ReadonlySet<string> = new Set(
  `adf.ly amzn.to bit.do bit.ly bitly.com bitly.ws bl.ink buff.ly clck.ru cli.re clk.sh cutt.ly cutt.us dlvr.it fb.me gg.gg
  goo.gl goo.su han.gl hubs.la hyperurl.co ibit.ly ift.tt is.gd j.mp kutt.it ln.run lnkd.in lnk.to mcaf.ee me2.do
  me2.kr n9.cl ouo.io ow.ly pixly.me qps.ru rb.gy rebrand.ly reurl.cc s.id shorte.st shorturl.at shrinke.me shrtco.de
  smarturl.it snip.ly soo.gd surl.li t.co t.ly t2m.io tiny.cc tiny.one tinyurl.com tny.im trib.al u.to urlz.fr v.gd vk.cc vo.la
  vurl.com x.gd zpr.io`.split(/\s+/u),
);
