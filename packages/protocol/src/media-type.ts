/** Whether a `Content-Type` is `application/json`, whatever its case and parameters (RFC 9110 §8.3.1). */
export function isJsonType(contentType: string): boolean {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}
