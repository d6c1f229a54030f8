import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listFiles, PackageManager } from '@vscode/vsce';
import {
  colorIds, commandIds, contextKeys, dashboardViewType, decisionsUriScheme, doctorUriScheme, hiddenCommandIds, itemContexts, nextBatchUriScheme, proseDirectory,
  proseLanguageId, rolloutUriScheme, runsViewId, viewContainerId, walkthroughId,
} from '../../src/extension/ids';
import { settingDefaults } from '../../src/extension/settings';
import { strategySpecs } from '../../src/core/strategies/strategySpecs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface MenuEntry {
  readonly command: string;
  readonly when?: string;
}

interface Setting {
  readonly default: unknown;
  readonly scope: string;
  readonly markdownDescription: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly minimum: number; readonly maximum: number }>>;
}

/** The parts of package.json that are compared here. */
interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly icon: string;
  readonly main: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string; readonly icon: string }[] };
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly colors: readonly { readonly id: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly languages: readonly { readonly id: string; readonly filenamePatterns: readonly string[] }[];
    readonly jsonValidation: readonly { readonly url: string }[];
    readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly { readonly media: { readonly markdown: string }; readonly completionEvents: readonly string[] }[] }[];
  };
}

// The shape is what the tests below check; a missing part fails them.
const manifest = JSON.parse(read('package.json')) as Manifest;
const texts = new Map(Object.entries(JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>));
const { contributes } = manifest;
const commands = Object.values(commandIds);

describe('The manifest', () => {
  it('declares exactly the commands that are registered', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), [...commands].sort());
  });

  it('puts every command under the category CDAS with a title of its own', () => {
    assert.deepEqual([...new Set(contributes.commands.map(({ category }) => category))], ['CDAS']);
    const titles = contributes.commands.map(({ title }) => texts.get(title.replaceAll('%', '')));
    assert.equal(new Set(titles).size, commands.length);
  });

  it('has a text for every placeholder, and no text without one', () => {
    const used = new Set([...read('package.json').matchAll(/"%([^"%]+)%"/g)].map((match) => match[1]!));
    assert.deepEqual([...used].sort(), [...texts.keys()].sort());
  });

  it('names only its own commands in menus, and hides from the palette what needs an item', () => {
    const known = new Set<string>(commands);
    for (const entries of Object.values(contributes.menus)) {
      for (const { command } of entries) assert.ok(known.has(command), command);
    }
    const hidden = contributes.menus['commandPalette']!.filter(({ when }) => when === 'false').map(({ command }) => command);
    assert.deepEqual(hidden, hiddenCommandIds);
  });

  it('links only to commands that exist from the welcome texts and the walkthrough', () => {
    const links = [...texts.values()].flatMap((text) => [...text.matchAll(/\(command:([\w.]+)/g)].map((match) => match[1]!));
    const own = links.filter((link) => link.startsWith('cdasLens.') && link !== `${runsViewId}.focus`);
    assert.ok(own.length > 0);
    for (const link of own) assert.ok(commands.some((command) => command === link), link);
  });

  it('declares the view, its container and its context values as the code spells them', () => {
    assert.equal(contributes.viewsContainers.activitybar[0]!.id, viewContainerId);
    assert.equal(contributes.views[viewContainerId]![0]!.id, runsViewId);
    for (const { view } of contributes.viewsWelcome) assert.equal(view, runsViewId);
    const conditions = Object.values(contributes.menus).flat().map(({ when }) => when ?? '');
    const items = new Set(conditions.flatMap((when) => /viewItem == ([\w.]+)/.exec(when)?.[1] ?? []));
    for (const item of items) assert.ok(Object.values<string>(itemContexts).includes(item), item);
    assert.ok(conditions.includes(contextKeys.datasetEditor));
  });

  it('declares the colours that the annotations use', () => {
    assert.deepEqual(contributes.colors.map(({ id }) => id).sort(), Object.values<string>(colorIds).sort());
  });

  it('documents every setting, with the default that the code has', () => {
    const declared = Object.entries(contributes.configuration.properties).map(([key, { default: value }]) => [key.replace('cdasLens.', ''), value]);
    assert.deepEqual(Object.fromEntries(declared), settingDefaults);
    for (const { markdownDescription } of Object.values(contributes.configuration.properties)) {
      assert.ok((texts.get(markdownDescription.replaceAll('%', '')) ?? '').length > 20, markdownDescription);
    }
  });

  it('offers every strategy and parameter that there is', () => {
    const { 'cdasLens.sampler.strategy': strategy, 'cdasLens.sampler.parameters': parameters } = contributes.configuration.properties;
    assert.deepEqual(strategy?.enum, ['unchanged', ...strategySpecs.map(({ name }) => name)]);
    const declared = Object.entries(parameters?.properties ?? {}).map(([name, { minimum, maximum }]) => [name, minimum, maximum]);
    assert.deepEqual(declared, strategySpecs.flatMap((spec) => spec.parameters.map(({ name, min, max }) => [name, min, max])));
  });

  it('ignores in an untrusted folder every setting that names a path', () => {
    const paths = Object.entries(contributes.configuration.properties).filter(([, { scope }]) => scope === 'machine-overridable');
    assert.deepEqual(paths.map(([key]) => key).sort(), [...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort());
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
  });

  it('activates on what it needs, never on everything', () => {
    assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${dashboardViewType}`));
    assert.ok(manifest.activationEvents.includes('onLanguage:jsonl'));
    for (const scheme of [rolloutUriScheme, doctorUriScheme, nextBatchUriScheme, decisionsUriScheme]) assert.ok(manifest.activationEvents.includes(`onFileSystem:${scheme}`));
    for (const event of manifest.activationEvents) assert.doesNotMatch(event, /^\*$|onStartupFinished|\*\*/);
  });

  it('gives the reports that are sentences their language by their directory', () => {
    assert.deepEqual(contributes.languages.map(({ id, filenamePatterns }) => [id, filenamePatterns]), [[proseLanguageId, [`**${proseDirectory}*.txt`]]]);
  });

  it('names a walkthrough, icons, schemas and pages that exist', () => {
    assert.equal(`${manifest.publisher}.${manifest.name}#${contributes.walkthroughs[0]!.id}`, walkthroughId);
    const files = [
      manifest.icon,
      contributes.viewsContainers.activitybar[0]!.icon,
      contributes.views[viewContainerId]![0]!.icon,
      ...contributes.jsonValidation.map(({ url }) => url),
      ...contributes.walkthroughs[0]!.steps.map(({ media }) => media.markdown),
    ];
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
  });

  it('uses no newer API of VS Code than it asks for', () => {
    assert.equal(manifest.engines.vscode.replace('^', ''), manifest.devDependencies['@types/vscode']);
  });
});

describe('The package', () => {
  it('holds the product and nothing of its making', async function () {
    // The packager looks at every file of the checkout, installed tools included.
    this.timeout(120_000);
    const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
    const allowed = /^(package\.json|package\.nls\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/(extension|engineWorker|readerThread|cli|dashboard)\.js|media\/(?!screenshots\/).+|src\/trainer\/(pyproject\.toml|README\.md|cdas_lens\/\w+\.py))$/;
    assert.deepEqual(files.filter((file) => !allowed.test(file)), []);
    for (const file of ['package.json', 'package.nls.json', 'README.md', 'LICENSE', manifest.icon, 'src/trainer/cdas_lens/sampler.py', 'src/trainer/pyproject.toml', 'src/trainer/README.md']) {
      assert.ok(files.includes(file), file);
    }
  });

  it('brings no modules along: everything is bundled', () => {
    assert.deepEqual(manifest.dependencies ?? {}, {});
  });

  it('starts its list of files by leaving everything out', () => {
    assert.equal(read('.vscodeignore').split('\n')[0], '**');
  });
});
