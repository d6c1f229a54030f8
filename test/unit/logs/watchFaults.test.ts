import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FSWatcher } from 'chokidar';
import { isVirtual, mountOf, networkDrive, parseMounts, type Mount } from '../../../src/logs/files/mounts';
import { WatchHints, type Watch } from '../../../src/logs/files/watchHints';
import { temporaryDirectory } from '../temporaryDirectory';

const mounts = parseMounts(
  [
    'proc /proc proc rw,relatime 0 0',
    '/dev/sda1 / ext4 rw 0 0',
    'tmpfs /dev/shm tmpfs rw 0 0',
    'devtmpfs /dev devtmpfs rw 0 0',
    'server:/export /mnt/my\\040runs nfs4 rw 0 0',
    'me@host: /home/me/far fuse.sshfs rw 0 0',
    '/dev/sdb1 /media/usb fuse.ntfs-3g rw 0 0',
    '//nas/share /mnt/nas ext4 rw 0 0',
    '//nas/share /mnt/nas cifs rw 0 0',
    'half a line',
    '',
  ].join('\n'),
);

describe('the mounts of a machine', () => {
  it('are read with the blanks in their paths', () => {
    assert.equal(mountOf('/mnt/my runs/verl', mounts)?.type, 'nfs4');
  });

  it('hold what lies below them, not what begins alike', () => {
    assert.equal(mountOf('/mnt/my runs2', mounts)?.directory, '/');
  });

  it('are hidden by a later mount on the same directory', () => {
    assert.equal(networkDrive('/mnt/nas/run', mounts), '/mnt/nas (cifs)');
  });

  for (const type of ['nfs', 'nfs4', 'cifs', 'smb3', 'lustre', 'gpfs', 'beegfs', 'ceph', 'fuse.sshfs', 'fuse.s3fs', 'fuse.gcsfuse', '9p', 'virtiofs', 'fuse.juicefs', 'wekafs']) {
    it(`count as a network drive with ${type}`, () => {
      assert.equal(networkDrive('/data/run', [{ directory: '/data', type }]), `/data (${type})`);
    });
  }

  for (const type of ['ext4', 'xfs', 'btrfs', 'overlay', 'tmpfs', 'zfs', 'fuseblk', 'fuse.ntfs-3g', 'apfs']) {
    it(`count as this machine's own with ${type}`, () => {
      assert.equal(networkDrive('/data/run', [{ directory: '/data', type }]), null);
    });
  }

  it('count a Windows share as a network drive, and a drive not', function () {
    assert.equal(networkDrive('\\\\server\\share\\run', []), '\\\\server\\share\\run');
    assert.equal(networkDrive('C:\\runs', []), null);
  });

  it('tell what the kernel makes up from disks, and shared memory from devices', () => {
    assert.deepEqual(['/proc/1', '/dev/pts', '/dev/shm/run', '/home'].map((place) => isVirtual(place, mounts)), [true, true, false, false]);
  });
});

/** What chokidar does, for as far as it is asked for. */
class FakeWatcher extends EventEmitter {
  watched: string[] = [];
  closed = false;

  add(paths: readonly string[]): void {
    this.watched.push(...paths);
  }

  unwatch(paths: readonly string[]): void {
    this.watched = this.watched.filter((each) => !paths.includes(each));
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

describe('hints of the file system', () => {
  const directory = temporaryDirectory();
  let watcher: FakeWatcher;
  let hinted: number;

  beforeEach(() => {
    watcher = new FakeWatcher();
    hinted = 0;
  });

  function hintsWith(known: readonly Mount[] = []): WatchHints {
    const start = (paths: readonly string[]): FSWatcher => {
      watcher.add(paths);
      // It has the methods that are called here.
      return watcher as unknown as FSWatcher;
    };
    return new WatchHints(() => hinted++, start as Watch, () => known);
  }

  it('come from the directories asked for and no others', () => {
    const hints = hintsWith();
    const [a, b] = [path.join(directory.path(), 'a'), path.join(directory.path(), 'b')];
    hints.setDirectories([a]);
    hints.setDirectories([b]);
    assert.deepEqual(watcher.watched, [b]);
    assert.equal(hints.refusal(b), null);
    watcher.emit('all');
    assert.equal(hinted, 1);
  });

  for (const [code, advice] of [['ENOSPC', /all file watches are in use\. Raise the limit/], ['EMFILE', /too many files or watchers are open/], ['EWEIRD', /EWEIRD: raw/]] as const) {
    it(`end with ${code}, for all directories, with what to do`, () => {
      const hints = hintsWith();
      hints.setDirectories([directory.path()]);
      watcher.emit('error', Object.assign(new Error(`${code}: raw`), { code }));
      assert.match(hints.refusal(directory.path()) ?? '', advice);
      assert.equal(watcher.closed, true);
      assert.equal(hinted, 1);
      hints.setDirectories([path.join(directory.path(), 'another')]);
      assert.match(hints.refusal(path.join(directory.path(), 'another')) ?? '', advice);
    });
  }

  it('are not asked for on a network drive, also one behind a link', function () {
    if (process.platform === 'win32') this.skip();
    const [disk, link] = [path.join(directory.path(), 'disk'), path.join(directory.path(), 'link')];
    mkdirSync(disk);
    symlinkSync(disk, link);
    const hints = hintsWith([{ directory: '/', type: 'ext4' }, { directory: disk, type: 'nfs4' }]);
    hints.setDirectories([link]);
    assert.match(hints.refusal(link) ?? '', /disk \(nfs4\) is a network drive/);
    assert.deepEqual(watcher.watched, []);
  });

  it('are given up for a directory that has grown too large, and say so', () => {
    const hints = hintsWith();
    hints.setDirectories([directory.path()]);
    for (let file = 0; file <= 2000; file++) writeFileSync(path.join(directory.path(), `${file}.jsonl`), '');
    hints.setDirectories([directory.path()]);
    assert.match(hints.refusal(directory.path()) ?? '', /more than 2000 entries/);
    assert.deepEqual(watcher.watched, []);
  });
});
