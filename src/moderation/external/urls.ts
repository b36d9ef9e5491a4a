import { z } from "zod";
import { URL_CHARS_MAX } from "../../webhooks/guard.ts";

/** The address of a service or site: http or https, without a user name, query or fragment. Stored without a slash at the end. */
export const httpUrl = z
  .string()
  .trim()
  .max(URL_CHARS_MAX)
  .refine(isPlainHttpUrl, "must be an http or https URL without user name, query and fragment")
  .transform((text) => text.replace(/\/+$/, ""));

function isPlainHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !["http:", "https:"].includes(url.protocol)) return false;
  return !url.username && !url.password && !/[?#\s]/.test(text);
}

export function joinUrl(base: string, path: string): string {
  return `${base}/${path}`;
}
