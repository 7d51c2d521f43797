import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configLocations, readConfigFile } from '../../src/command/config-file.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agentwrit-config-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string | Buffer, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  // Whatever the umask is.
  chmodSync(path, mode);
  return path;
}

const NOTHING = { mode: 'development', adminSecret: '', warnings: [] };

describe('the places', () => {
  it.each([
    {
      name: 'the one that is given, the system, the home',
      given: { configPath: 'some/config', home: '/home/op' },
      places: ['some/config', '/etc/broker/config', '/home/op/.broker/config'],
    },
    {
      name: 'without one that is given',
      given: { configPath: '', home: '/home/op' },
      places: ['/etc/broker/config', '/home/op/.broker/config'],
    },
    {
      name: 'without a home',
      given: { configPath: '', home: '' },
      places: ['/etc/broker/config'],
    },
  ])('are $name', ({ given, places }) => {
    expect(configLocations(given)).toEqual(places);
  });
});

describe('a config file', () => {
  it.each([
    { name: 'an empty one', text: '', found: {} },
    { name: 'both keys', text: 'MODE=production\nADMIN_SECRET=s3cret\n', both: true },
    { name: 'no last line end', text: 'MODE=production\nADMIN_SECRET=s3cret', both: true },
    { name: 'CRLF', text: 'MODE=production\r\nADMIN_SECRET=s3cret\r\n', both: true },
    {
      name: 'blanks all round',
      text: '\t MODE = production \n\n ADMIN_SECRET\t= s3cret ',
      both: true,
    },
    { name: 'a byte order mark', text: '\uFEFFMODE=production\nADMIN_SECRET=s3cret', both: true },
    {
      name: 'comments',
      text: '# MODE=x\nMODE=production\n  #ADMIN_SECRET=y\nADMIN_SECRET=s3cret',
      both: true,
    },
    {
      name: 'other keys',
      text: 'PORT=1\nMODE=production\nAA_ADMIN_SECRET=x\nADMIN_SECRET=s3cret',
      both: true,
    },
    { name: 'other cases', text: 'mode=production\nAdmin_Secret=x', found: {} },
    { name: 'lines without a value', text: 'MODE\n=x\n===\n', found: {} },
    {
      name: 'a value with all sorts in it',
      text: 'ADMIN_SECRET=a=b #c "d"',
      found: { adminSecret: 'a=b #c "d"' },
    },
    {
      name: 'a key twice',
      text: 'ADMIN_SECRET=one\nADMIN_SECRET=two',
      found: { adminSecret: 'two' },
    },
    { name: 'a shell export', text: 'export ADMIN_SECRET=one', found: {} },
  ])('may have $name', ({ text, both, found }) => {
    const expected = both === true ? { mode: 'production', adminSecret: 's3cret' } : found;
    expect(readConfigFile([write('config', text)])).toEqual({ ...NOTHING, ...expected });
  });

  it('need not be there', () => {
    const file = write('file', '');
    const missing = [join(folder, 'no'), join(folder, 'no', 'config'), join(file, 'config')];
    expect(readConfigFile(missing)).toEqual(NOTHING);
  });

  it.each(['# nothing\n', ''])('is the first that is there, even when it says %j', (text) => {
    const places = [
      join(folder, 'missing'),
      write('first', text),
      write('second', 'ADMIN_SECRET=second'),
    ];
    expect(readConfigFile(places)).toEqual(NOTHING);
  });

  it.each([0o400, 0o600, 0o700])('may have permissions for its owner: %o', (mode) => {
    const path = write('config', 'ADMIN_SECRET=mine', mode);
    expect(readConfigFile([path])).toEqual({ ...NOTHING, adminSecret: 'mine' });
  });

  it('may be 64 KiB long', () => {
    const text = 'ADMIN_SECRET=mine\n';
    expect(readConfigFile([write('config', text.padEnd(65_536, '#'))])).toMatchObject({
      adminSecret: 'mine',
      warnings: [],
    });
  });
});

describe('a file that is passed over', () => {
  const SECRET = 'ADMIN_SECRET=not-this-one';

  it.each([
    ...[0o640, 0o620, 0o610, 0o604, 0o602, 0o601].map((mode) => ({
      name: `permissions 0${mode.toString(8)}`,
      make: () => write('bad', SECRET, mode),
      why: `its permissions are 0${mode.toString(8)}, and only its owner may have any: chmod 600 BAD`,
    })),
    {
      name: 'a symbolic link',
      make: () => {
        symlinkSync(write('target', SECRET), join(folder, 'bad'));
      },
      why: 'it is a symbolic link',
    },
    {
      name: 'a link to nothing',
      make: () => symlinkSync('nowhere', join(folder, 'bad')),
      why: 'it is a symbolic link',
    },
    {
      name: 'a folder',
      make: () => mkdirSync(join(folder, 'bad'), { mode: 0o700 }),
      why: 'it is no regular file',
    },
    {
      name: 'a pipe that nobody writes to',
      make: () => execFileSync('mkfifo', ['-m', '600', join(folder, 'bad')]),
      why: 'it is no regular file',
    },
    {
      name: 'far too long',
      make: () => write('bad', SECRET.padEnd(65_537, '\n')),
      why: 'it is larger than 65536 bytes',
    },
  ])('leaves its place to the next, with a warning: $name', ({ make, why }) => {
    make();
    const bad = join(folder, 'bad');
    const good = write('good', 'ADMIN_SECRET=good');
    const found = readConfigFile([bad, good]);
    expect(found).toEqual({
      mode: 'development',
      adminSecret: 'good',
      warnings: [`config file ${bad} is skipped: ${why.replace('BAD', bad)}`],
    });
    expect(readConfigFile([bad]).adminSecret).toBe('');
  });

  it('may be one that cannot be opened', () => {
    const path = 'x'.repeat(5000);
    const [warning = '', ...others] = readConfigFile([path]).warnings;
    expect(warning).toMatch(/^config file x+ is skipped: it cannot be opened: .*ENAMETOOLONG/);
    expect(others).toEqual([]);
  });
});
