// GET /v1/metrics (protocol §2.3, §11)

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Call, Handler } from '../call.js';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

const compress = promisify(gzip);

export const exposeMetrics: Handler<Call> = async (call, { metrics }) => {
  const text = await metrics.expose();
  if (!prefersGzip(call.header('accept-encoding'))) {
    return { kind: 'text', contentType: CONTENT_TYPE, body: text };
  }
  const body = await compress(text);
  return { kind: 'text', contentType: CONTENT_TYPE, contentEncoding: 'gzip', body };
};

// Far more than there are codings.
const MAX_CODINGS = 32;
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/** Whether gzip is named and plain text, by its name or `*`, is not at least as welcome (RFC 9110 §12.5.3). */
function prefersGzip(acceptEncoding: string): boolean {
  let zipped = 0;
  let plain = 0;
  for (const item of acceptEncoding.split(',', MAX_CODINGS)) {
    const [coding = '', weight] = item.split(';', 2).map((part) => part.trim().toLowerCase());
    // A weight that cannot be read asks for nothing.
    const quality = weight === undefined ? 1 : Number(WEIGHT.exec(weight)?.[1] ?? 0);
    if (coding === 'gzip') zipped = Math.max(zipped, quality);
    if (coding === 'identity' || coding === '*') plain = Math.max(plain, quality);
  }
  return zipped > plain;
}
