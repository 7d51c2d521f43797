import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AuditFile, AuditFileError, AuditFileOptions } from '../../src/index.js';
import { openAuditFile } from '../../src/file/audit-file.js';
import type { OpenFile } from '../../src/file/disk.js';
import { MemoryDisk, noLock } from './memory-disk.js';
import { allowed, chained, names, refused, said, type Written } from './scene.js';

const PATH = '/logs/audit.jsonl';

afterEach(() => {
  vi.useRealTimers();
});

interface Scene {
  readonly disk: MemoryDisk;
  readonly file: AuditFile;
  readonly faults: AuditFileError[];
  readonly written: () => readonly string[];
  readonly events: () => readonly Written[];
}

function scene(options: Omit<AuditFileOptions, 'path'> = {}): Scene {
  const disk = new MemoryDisk();
  const faults: AuditFileError[] = [];
  const file = openAuditFile(
    { path: PATH, onFault: (fault) => faults.push(fault), ...options },
    { disk, lock: noLock, realPath: (path) => path },
  );
  const events = (): readonly Written[] => chained(disk.text(PATH));
  return { disk, file, faults, events, written: () => said(events()) };
}

/** Timers stand still; what is no timer goes on. */
function stopTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}

/** Long enough for all that waits for no timer. */
async function settle(): Promise<void> {
  for (let index = 0; index < 20; index += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const outcomes = async (promises: readonly unknown[]): Promise<readonly string[]> =>
  (await Promise.allSettled(promises)).map((result) =>
    result.status === 'fulfilled' ? 'written' : (result.reason as AuditFileError).code,
  );

describe('a write that fails', () => {
  it.each([0, 0.4, 0.999])(
    'leaves whole lines, and rejects all that wait: %d of it was written',
    async (share) => {
      const { disk, file, faults, written } = scene({ required: true });
      await file(allowed('req-1'));
      disk.fail.write = share;
      const results = await outcomes(names(3, 'lost-').map((id) => file(allowed(id))));
      expect(results).toEqual(['write_failed', 'write_failed', 'write_failed']);
      expect(faults).toMatchObject([{ code: 'write_failed', cause: { code: 'ENOSPC' } }]);
      await file.flush();
      await file(allowed('req-2'));
      expect(written()).toEqual(['req-1', 'req-2']);
      expect(file.stats()).toMatchObject({ rejected: 3, dropped: 0, written: 2 });
    },
  );

  it('is tried again after a moment, and requests until then are turned away at once', async () => {
    stopTimers();
    const { disk, file, written } = scene({ required: true });
    disk.fail.write = 0.5;
    await expect(file(allowed('lost-1'))).rejects.toMatchObject({ code: 'write_failed' });
    await vi.advanceTimersByTimeAsync(249);
    await expect(file(allowed('lost-2'))).rejects.toMatchObject({ code: 'write_failed' });
    await vi.advanceTimersByTimeAsync(1);
    await file(allowed('req-1'));
    expect(written()).toEqual(['req-1']);
  });

  it('is tried again with longer and longer pauses when nobody waits, and nothing is lost', async () => {
    stopTimers();
    const { disk, file, faults, written } = scene();
    disk.fail.write = 0;
    void file(allowed('req-1'));
    await settle();
    for (const pause of [250, 500, 1000, 2000, 4000, 4000]) {
      disk.fail.write = 0.5;
      await vi.advanceTimersByTimeAsync(pause - 1);
      await settle();
      expect(disk.fail.write).toBe(0.5);
      await vi.advanceTimersByTimeAsync(1);
      await settle();
      expect(disk.fail.write).toBeUndefined();
    }
    void file(allowed('req-2'));
    await vi.advanceTimersByTimeAsync(4000);
    await settle();
    expect(written()).toEqual(['req-1', 'req-2']);
    // Once for the outage.
    expect(faults.map(({ code }) => code)).toEqual(['write_failed']);

    // The next outage begins with a short pause again.
    disk.fail.write = 0.5;
    void file(allowed('req-3'));
    await settle();
    await vi.advanceTimersByTimeAsync(250);
    await settle();
    expect(written()).toEqual(['req-1', 'req-2', 'req-3']);
  });

  it('is told of once, counted each time, and what is given up in the end is told of, too', async () => {
    stopTimers();
    const { disk, file, faults } = scene();
    const stuck = (): void => {
      disk.fail.write = 0;
    };
    stuck();
    for (const id of names(3)) void file(allowed(id));
    await settle();
    stuck();
    vi.advanceTimersByTime(250);
    await settle();
    expect(file.stats()).toMatchObject({ faults: 2, dropped: 0, queued: 3 });
    expect(faults.map(({ code }) => code)).toEqual(['write_failed']);
    stuck();
    await expect(file.close()).rejects.toMatchObject({ code: 'write_failed' });
    expect(faults.map(({ code }) => code)).toEqual(['write_failed', 'closed']);
    expect(faults[1]?.message).toContain('before 3 events were written');
    expect(file.stats()).toMatchObject({ dropped: 3, queued: 0 });
  });

  it('keeps what nobody waits for, up to the bound, and then says what is missing', async () => {
    stopTimers();
    const { disk, file, faults, events, written } = scene({ maxQueued: 2 });
    disk.fail.write = 0;
    void file(allowed('req-1'));
    await settle();
    for (const id of ['req-2', 'lost-1', 'lost-2']) void file(allowed(id));
    await vi.advanceTimersByTimeAsync(250);
    await settle();
    expect(written()).toEqual(['req-1', 'req-2', 'audit_gap']);
    expect(JSON.parse(events()[2]?.detail ?? '')).toMatchObject({
      dropped: 2,
      reason: 'write_failed',
    });
    expect(faults.map(({ code }) => code)).toEqual(['write_failed', 'queue_full']);
  });

  it('has one gap where decisions were missing between requests that were turned away', async () => {
    const { disk, file, faults, events } = scene({ required: true, maxQueued: 20 });
    for (let outage = 0; outage < 5; outage += 1) {
      disk.fail.write = 0;
      for (const id of names(30)) {
        void file(refused(id));
        void file(allowed(id));
      }
      await expect(file.flush()).rejects.toMatchObject({ code: 'write_failed' });
      expect(faults.map(({ code }) => code)).toEqual(['queue_full', 'write_failed']);
    }
    await file.flush();
    const gaps = events().filter(({ event_type }) => event_type === 'audit_gap');
    const details = gaps.map(({ detail }) => JSON.parse(detail) as { dropped: number });
    expect(details).toMatchObject([{ reason: 'queue_full' }, { reason: 'write_failed' }]);
    const missing = details.reduce((sum, { dropped }) => sum + dropped, 0);
    expect(file.stats()).toMatchObject({ dropped: missing, queued: 0 });
    expect(events().length - gaps.length + missing).toBe(150);

    // The next outage is told of.
    disk.fail.write = 0;
    for (const id of names(30)) void file(refused(id));
    await expect(file.flush()).rejects.toMatchObject({ code: 'write_failed' });
    expect(faults.map(({ code }) => code).slice(2)).toEqual(['queue_full', 'write_failed']);
  });

  it('is one outage until the file says all that is missing', async () => {
    const { file, faults } = scene({ maxQueued: 1000 });
    for (const id of names(1001)) void file(allowed(id));
    // Some are written, and there is room again, but the gap is still to come.
    while (file.stats().written === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(file.stats().queued).toBeGreaterThan(0);
    while (file.stats().dropped === 1) void file(allowed('more'));
    await file.flush();
    expect(faults.map(({ code }) => code)).toEqual(['queue_full']);
  });

  it('has one gap for all that is no decision, however often it is tried', async () => {
    const { disk, file, events } = scene({ maxQueued: 5 });
    for (let outage = 0; outage < 20; outage += 1) {
      for (const id of names(5)) void file(allowed(id, { route: 'x'.repeat(2_000_000) }));
      disk.fail.write = 0;
      await expect(file.flush()).rejects.toMatchObject({ code: 'write_failed' });
    }
    await file.flush();
    const details = events().map(({ detail }) => JSON.parse(detail) as unknown);
    expect(details).toMatchObject([{ dropped: 100, reason: 'bad_event' }]);
  });

  it('has a gap for each reason', async () => {
    stopTimers();
    const { disk, file, events } = scene({ maxQueued: 2 });
    for (const id of ['req-1', 'req-2', 'lost-1']) void file(allowed(id));
    disk.fail.write = 0;
    await settle();
    void file(allowed('lost-2'));
    await file.flush();
    const gaps = events().filter(({ event_type }) => event_type === 'audit_gap');
    expect(gaps.map(({ detail }) => JSON.parse(detail) as unknown)).toMatchObject([
      { dropped: 1, reason: 'queue_full' },
      { dropped: 1, reason: 'write_failed' },
    ]);
  });

  it('does not make what comes during the next try wait for a timer', async () => {
    stopTimers();
    const { disk, file, written } = scene();
    disk.fail.write = 0;
    void file(allowed('req-1'));
    await settle();
    const flushing = file.flush();
    await new Promise((resolve) => setImmediate(resolve));
    expect(disk.text(PATH)).toBe('');
    void file(allowed('req-2'));
    await flushing;
    await settle();
    expect(written()).toEqual(['req-1', 'req-2']);
  });

  it('does not keep the process alive until the next try', async () => {
    const started = vi.spyOn(globalThis, 'setTimeout');
    const { disk, file } = scene();
    disk.fail.write = 0;
    void file(allowed('req-1'));
    await settle();
    const isKeepingAlive = started.mock.results.map(
      ({ type, value }) => type !== 'return' || value.hasRef(),
    );
    started.mockRestore();
    expect(file.stats()).toMatchObject({ queued: 1, faults: 1 });
    expect(isKeepingAlive).toContain(false);
  });

  it('keeps refusals of a required file', async () => {
    const { disk, file, written } = scene({ required: true });
    disk.fail.write = 0.5;
    void file(refused('refused-1'));
    await expect(file(allowed('lost-1'))).rejects.toMatchObject({ code: 'write_failed' });
    void file(refused('refused-2'));
    await file.flush();
    expect(written()).toEqual(['refused-1', 'refused-2']);
  });

  it('is no fault when it is only shorter than asked', async () => {
    const { disk, file, faults, written } = scene({ required: true });
    disk.longestWrite = 7;
    await Promise.all(names(3).map(async (id) => file(allowed(id))));
    expect(written()).toEqual(names(3));
    expect(faults).toEqual([]);
  });

  it('is one that writes nothing', async () => {
    const { disk, file, written } = scene({ required: true });
    disk.longestWrite = 0;
    await expect(file(allowed('lost-1'))).rejects.toMatchObject({ code: 'write_failed' });
    disk.longestWrite = Infinity;
    await file.flush();
    expect(written()).toEqual([]);
  });

  it('does not let anything be written behind half a line that cannot be cut off', async () => {
    const { disk, file, written } = scene({ required: true });
    await file(allowed('req-1'));
    disk.fail.write = 0.5;
    await expect(file(allowed('lost-1'))).rejects.toMatchObject({ code: 'write_failed' });
    disk.fail.truncate = true;
    await expect(file.flush()).rejects.toMatchObject({ code: 'write_failed' });
    const half = disk.text(PATH);
    expect(half.endsWith('\n')).toBe(false);
    await file.flush();
    await file(allowed('req-2'));
    expect(written()).toEqual(['req-1', 'req-2']);
  });
});

describe('a file that was cut short after a write had failed', () => {
  it('does not become longer again by zeros', async () => {
    const { disk, file } = scene({ required: true });
    await file(allowed('req-1'));
    disk.fail.write = 0.5;
    await expect(file(allowed('lost-1'))).rejects.toMatchObject({ code: 'write_failed' });
    const node = disk.files.get(PATH);
    if (node) node.bytes = node.bytes.subarray(0, 0);
    await file.flush();
    await file(allowed('req-2'));
    expect(disk.text(PATH)).toMatch(/^\{"id":"evt-000002".*\}\n$/);
  });
});

describe('a sync that fails', () => {
  it('makes nothing count that was written since the last one', async () => {
    const { disk, file, written } = scene({ required: true });
    await file(allowed('req-1'));
    disk.fail.sync = true;
    const results = await outcomes([file(allowed('lost-1')), file(allowed('lost-2'))]);
    expect(results).toEqual(['write_failed', 'write_failed']);
    await file.flush();
    await file(allowed('req-2'));
    expect(written()).toEqual(['req-1', 'req-2']);
  });

  it('keeps what was written when nobody waited for it, and no flush says any more that it is there', async () => {
    const { disk, file, faults, written } = scene();
    void file(allowed('req-1'));
    disk.fail.sync = true;
    await expect(file.flush()).rejects.toMatchObject({ code: 'write_failed' });
    void file(allowed('req-2'));
    // As a disk does that forgot the bytes it could not write.
    await expect(file.flush()).rejects.toThrow('may have lost events');
    expect(written()).toEqual(['req-1', 'req-2']);
    // Writing goes on without a pause, and without another word.
    void file(allowed('req-3'));
    await settle();
    expect(written()).toEqual(names(3));
    await expect(file.close()).rejects.toMatchObject({ code: 'write_failed' });
    expect(faults).toHaveLength(1);
    expect(disk.openFiles).toBe(0);
  });

  it('is made good by the next when it was of a required file', async () => {
    const { disk, file, written } = scene({ required: true });
    void file(refused('refused-1'));
    disk.fail.sync = true;
    await expect(file.flush()).rejects.toMatchObject({ code: 'write_failed' });
    await file.flush();
    disk.losePower(0);
    expect(written()).toEqual(['refused-1']);
  });

  it('stops the file when events that were on disk are others now', async () => {
    const { disk, file, faults } = scene({ required: true });
    await file(allowed('req-1'));
    disk.fail.sync = true;
    await expect(file(allowed('lost-1'))).rejects.toMatchObject({ code: 'write_failed' });
    const other = scene({ required: true });
    await other.file(allowed('req-9'));
    const node = disk.files.get(PATH);
    if (node) node.bytes = Buffer.from(other.disk.text(PATH));
    await expect(file.flush()).rejects.toMatchObject({ code: 'damaged' });
    await expect(file.flush()).rejects.toMatchObject({ code: 'damaged' });
    expect(faults.map(({ code }) => code)).toEqual(['write_failed', 'damaged']);
  });

  it('is not taken for damage when the file was cut short before', async () => {
    const { disk, file, written } = scene({ required: true });
    await file(allowed('req-1'));
    const size = disk.text(PATH).length;
    await file(allowed('gone'));
    const node = disk.files.get(PATH);
    if (node) node.bytes = node.bytes.subarray(0, size);
    disk.fail.sync = true;
    await expect(file(allowed('lost-1'))).rejects.toMatchObject({ code: 'write_failed' });
    await file.flush();
    expect(written()).toEqual(['req-1']);
    await file(allowed('req-3'));
    // The chain tells what is missing.
    expect(() => written()).toThrow('evt-000003 where evt-000002 should be');
  });

  it('is one for all that waited at the same time', async () => {
    const { disk, file } = scene({ required: true });
    await file(allowed('req-1'));
    const before = disk.syncs;
    await Promise.all(names(200, 'same-').map(async (id) => file(allowed(id))));
    expect(disk.syncs).toBe(before + 1);
  });
});

describe('what waits', () => {
  it('is written in parts of about 256 KiB, so that requests are served between them', async () => {
    const { disk, file, written } = scene();
    const ids = names(2500);
    for (const id of ids) void file(allowed(id));
    await file.flush();
    expect(written()).toEqual(ids);
    expect(disk.writes.length).toBeGreaterThan(8);
    expect(Math.max(...disk.writes)).toBeLessThan(256 * 1024 + 10_000);
  });
});

describe('a file that cannot be had', () => {
  it('is not held open', () => {
    const disk = new MemoryDisk();
    disk.put(PATH, 'a note\n');
    const ground = { disk, lock: noLock, realPath: (path: string) => path };
    expect(() => openAuditFile({ path: PATH }, ground)).toThrow('does not end with an audit event');
    expect(disk.openFiles).toBe(0);
  });
});

describe('closing', () => {
  it('leaves nothing open, whatever had failed', async () => {
    const { disk, file } = scene({ required: true, rotateBytes: 100 });
    for (const id of names(5)) {
      await file(allowed(id));
      disk.fail.sync = true;
      await expect(file(allowed('lost'))).rejects.toMatchObject({ code: 'write_failed' });
      await file.flush();
    }
    await file.close();
    expect(disk.openFiles).toBe(0);
  });

  it('rejects when something cannot be written, and gives the file back', async () => {
    const disk = new MemoryDisk();
    let releases = 0;
    const file = openAuditFile(
      { path: PATH, required: true, onFault: () => undefined },
      {
        disk,
        lock: () => ({
          isHeld: () => true,
          release: () => {
            releases += 1;
          },
        }),
        realPath: (path) => path,
      },
    );
    disk.fail.write = 0.5;
    const waiting = outcomes([file(allowed('lost-1'))]);
    void file(refused('refused-1'));
    await expect(file.close()).rejects.toMatchObject({ code: 'write_failed' });
    expect(await waiting).toEqual(['write_failed']);
    expect(file.stats()).toMatchObject({ dropped: 1, rejected: 1, queued: 0 });
    expect(releases).toBe(1);
  });
});

describe('flushing beside closing', () => {
  /** What a descriptor is used for while it is open, and after that. */
  class WatchedDisk extends MemoryDisk {
    usedAfterClose = 0;
    closedInUse = 0;

    override readonly open = (path: string): OpenFile => {
      const file = this.openFile(path);
      let isClosed = false;
      let running = 0;
      const watched = async <T>(step: () => Promise<T>): Promise<T> => {
        if (isClosed) this.usedAfterClose += 1;
        running += 1;
        try {
          return await step();
        } finally {
          running -= 1;
        }
      };
      return {
        ...file,
        write: (bytes) => watched(() => file.write(bytes)),
        sync: () => watched(() => file.sync()),
        close: () => {
          isClosed = true;
          this.closedInUse += running;
          file.close();
        },
      };
    };
  }

  it.each([true, false])(
    'never closes what is being written, though the first try fails: required %o',
    async (required) => {
      const disk = new WatchedDisk();
      const faults: string[] = [];
      const file = openAuditFile(
        { path: PATH, required, onFault: ({ code }) => faults.push(code) },
        { disk, lock: noLock, realPath: (path) => path },
      );
      const answer = outcomes([file(allowed('req-1'))]);
      disk.fail.write = 0;
      const closing = file.close();
      const flushing = file.flush();
      expect(await outcomes([closing, flushing])).toEqual(['write_failed', 'closed']);
      expect(await answer).toEqual([required ? 'write_failed' : 'written']);
      await settle();
      expect(disk).toMatchObject({ usedAfterClose: 0, closedInUse: 0, openFiles: 0 });
      expect(disk.text(PATH)).toBe('');
      // What nobody waited for is lost, and that is told. To ask for too much is no fault of the file.
      const told = required ? ['write_failed'] : ['write_failed', 'closed'];
      expect(faults).toEqual(told);
      await expect(file.flush()).rejects.toMatchObject({ code: 'closed' });
      expect(file.stats().faults).toBe(told.length);
    },
  );
});

describe('a promise that nobody waits for', () => {
  it('does not end the process when it is broken', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): unknown => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    onTestFinished(() => void process.off('unhandledRejection', listener));
    const { disk, file } = scene({ required: true });
    disk.fail.write = 0;
    void file(allowed('lost-1'));
    await settle();
    // While it is not tried again, and after the end.
    void file(allowed('lost-2'));
    await file.close();
    void file(allowed('lost-3'));
    await settle();
    expect(file.stats().rejected).toBe(3);
    expect(unhandled).toEqual([]);
  });
});

describe('whoever is told of a fault', () => {
  const warningsOf = async (step: () => Promise<void>): Promise<readonly unknown[]> => {
    const warnings: Error[] = [];
    const listener = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', listener);
    await step();
    await settle();
    process.off('warning', listener);
    return warnings.map((warning) => ('code' in warning ? warning.code : warning.message));
  };

  it.each([
    { name: 'is the process when nobody else is', onFault: undefined },
    {
      name: 'is the process when the listener throws',
      onFault: () => {
        throw new Error('a listener');
      },
    },
    {
      name: 'is the process when the listener rejects',
      onFault: () => Promise.reject(new Error('a listener')),
    },
  ])('$name, once for each kind', async ({ onFault }) => {
    const disk = new MemoryDisk();
    const file = openAuditFile(
      { path: PATH, ...(onFault && { onFault }) },
      { disk, lock: noLock, realPath: (path) => path },
    );
    const warnings = await warningsOf(async () => {
      for (const id of names(3)) {
        void file(allowed(id));
        disk.fail.write = 0.5;
        await file.flush().catch(() => undefined);
        await file.flush();
      }
    });
    expect(warnings).toEqual(['AGENTWRIT_AUDIT_WRITE_FAILED']);
    expect(file.stats().faults).toBe(3);
  });
});
