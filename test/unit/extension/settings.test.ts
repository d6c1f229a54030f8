import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { engineSettings, foldersOnDisk, resolvePath, settingDefaults, settingValue, writtenRoots } from '../../../src/extension/settings';

const around = { folders: [{ folder: '/project/a', runRoots: [] }], fallbackDirectory: '/storage', trusted: true, author: 'Ada' };

describe('resolvePath', () => {
  it('starts relative paths at the folder', () => {
    assert.equal(resolvePath('../runs', '/project/a'), '/project/runs');
  });

  it('knows the home directory and the workspace folder', () => {
    assert.equal(resolvePath('~/runs', '/project/a'), join(homedir(), 'runs'));
    assert.equal(resolvePath('${workspaceFolder}/data/train.jsonl', '/project/a'), '/project/a/data/train.jsonl');
  });

  it('gives nothing for a relative path without a folder', () => {
    assert.equal(resolvePath('runs', null), null);
    assert.equal(resolvePath('${workspaceFolder}/runs', null), null);
    assert.equal(resolvePath('/abs/runs', null), '/abs/runs');
  });
});

describe('settingValue', () => {
  it('uses the default for a value of the wrong shape, and says so', () => {
    const invalid: string[] = [];
    assert.equal(settingValue('pollIntervalMs', () => 'soon', (key) => invalid.push(key)), settingDefaults.pollIntervalMs);
    assert.deepEqual(invalid, ['pollIntervalMs']);
  });

  it('knows the two ways to find changes and no others', () => {
    assert.deepEqual(['poll', 'inotify'].map((value) => settingValue('watch', () => value)), ['poll', 'auto']);
  });

  it('keeps null where it means something', () => {
    assert.equal(settingValue('correctThreshold', () => null), null);
  });
});

describe('foldersOnDisk', () => {
  it('leaves out folders that no program of the machine can read, wherever they stand', () => {
    const folders = ['vscode-vfs', 'file', 'memfs', 'file'].map((scheme, index) => ({ index, uri: { scheme } }));
    assert.deepEqual(foldersOnDisk(folders).map(({ index }) => index), [1, 3]);
    assert.deepEqual(foldersOnDisk(undefined), []);
  });
});

describe('writtenRoots', () => {
  it('keeps a root that starts at a folder when none is open, without a directory, and no blank one', () => {
    const roots = writtenRoots({ runRoots: ['runs', '/data/runs', ' '] }, []);
    assert.deepEqual(roots, [{ written: 'runs', directory: null }, { written: '/data/runs', directory: '/data/runs' }]);
  });
});

describe('engineSettings', () => {
  it('searches every workspace folder and the roots set for it, each once', () => {
    const folders = [
      { folder: '/project/a', runRoots: ['../runs', '/project/a/'] },
      { folder: '/project/b', runRoots: ['../runs'] },
    ];
    assert.deepEqual(engineSettings(settingDefaults, { ...around, folders }).roots, ['/project/a', '/project/b', '/project/runs']);
  });

  it('puts the curation directory into the first folder', () => {
    assert.equal(engineSettings(settingDefaults, around).curationDirectory, '/project/a/.cdas');
  });

  it('writes nothing in Restricted Mode', () => {
    assert.equal(engineSettings(settingDefaults, { ...around, trusted: false }).canWrite, false);
    assert.equal(engineSettings(settingDefaults, around).canWrite, true);
  });

  it('writes nothing without a folder, unless the curation directory is absolute', () => {
    const noFolder = { ...around, folders: [] };
    assert.equal(engineSettings(settingDefaults, noFolder).canWrite, false);
    assert.equal(engineSettings({ ...settingDefaults, curationDirectory: '/data/.cdas' }, noFolder).canWrite, true);
  });

  it('passes the chosen strategy on, and leaves to sampler.json what is not chosen', () => {
    assert.deepEqual(engineSettings(settingDefaults, around).sampler, { name: null, seed: null, warmup: null, parameters: {} });
    const chosen = { ...settingDefaults, 'sampler.strategy': 'mopps', 'sampler.seed': 7, 'sampler.warmup': 'none', 'sampler.parameters': { target: 0.4 } } as const;
    assert.deepEqual(engineSettings(chosen, around).sampler, { name: 'mopps', seed: 7, warmup: 'none', parameters: { target: 0.4 } });
    for (const [key, value] of [['sampler.strategy', 'mops'], ['sampler.seed', 1.5], ['sampler.warmup', 'two'], ['sampler.parameters', { target: 'half' }]] as const) {
      assert.deepEqual(settingValue(key, () => value), settingDefaults[key]);
    }
  });

  it('can be sent to the engine although VS Code gives objects as proxies', () => {
    const parameters = new Proxy({ target: 0.4 }, {});
    assert.deepEqual(structuredClone(engineSettings({ ...settingDefaults, 'sampler.parameters': parameters, fieldMapping: new Proxy({}, {}) }, around)).sampler?.parameters, { target: 0.4 });
  });

  it('passes the field mappings on, leaves out only those that cannot be used and loses none of what is written', () => {
    const usable = { 'logs/*.jsonl': { prompt: 'q', reward: 'r.total' } };
    const written = settingValue('fieldMapping', () => ({ ...usable, '*.jsonl': { prompt: 7 } }));
    assert.deepEqual(Object.keys(written), ['logs/*.jsonl', '*.jsonl']);
    const { fieldMappings } = engineSettings({ ...settingDefaults, fieldMapping: written }, around);
    assert.deepEqual(fieldMappings, [{ glob: 'logs/*.jsonl', fields: usable['logs/*.jsonl'] }]);
    const invalid: string[] = [];
    assert.deepEqual(settingValue('fieldMapping', () => ['*.jsonl'], (key) => invalid.push(key)), {});
    assert.deepEqual(invalid, ['fieldMapping']);
  });
});
