import { hash } from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { AdminSecret } from '../src/admin-secret.js';
import { resolveOptions } from '../src/broker-settings.js';

function secretOf(adminSecret: { secret: string } | { hash: string }): AdminSecret {
  return new AdminSecret({ ...resolveOptions({ bcryptCost: 4 }), adminSecret });
}

describe('the admin secret', () => {
  it('is known in the clear, or only by its hash', async () => {
    for (const admin of [
      secretOf({ secret: 'open sesame' }),
      secretOf({ hash: await hash('open sesame', 4) }),
    ]) {
      expect(await admin.matches('open sesame')).toBe(true);
      expect(await admin.matches('open barley')).toBe(false);
    }
  });

  it.each([`$2b$99$${'x'.repeat(53)}`, `$2y$zz$${'x'.repeat(53)}`, `$2a$10$${'!'.repeat(53)}`])(
    'is nobody’s when its hash only looks like one: %s',
    async (text) => {
      const admin = secretOf({ hash: text });
      expect(await admin.matches('open sesame')).toBe(false);
      expect(await admin.matches(text)).toBe(false);
    },
  );
});
