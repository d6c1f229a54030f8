import assert from 'node:assert/strict';
import { needsPackage, setupPartsFor } from '../../../src/engine/doctor/setupAdvice';
import { frameworkToSetUp, setupDocument } from '../../../src/extension/setupText';

const places = { curationDirectory: '/job/.cdas', packageDirectory: './cdas-lens-trainer', run: 'run-1' };
const copied = { directory: '/job/cdas-lens-trainer', replaced: false };

describe('setting up a training job', () => {
  it('goes by the log where the package has a part for its framework, else by the project, else by the log all the same', () => {
    assert.equal(frameworkToSetUp({ framework: 'trl' }, ['verl>=0.5']), 'trl');
    assert.equal(frameworkToSetUp({ framework: 'ms-swift' }, ['verl>=0.5']), 'verl');
    assert.equal(frameworkToSetUp({ framework: 'ms-swift' }, ['torch']), 'ms-swift');
    assert.equal(frameworkToSetUp(null, ['torch']), null);
  });

  it('shows the lines of a framework with a part in the package, and where that was put', () => {
    const parts = setupPartsFor('verl', places);
    assert.ok(needsPackage(parts));
    const page = setupDocument('verl', copied, parts);
    assert.match(page, /^The Python package was copied to \/job\/cdas-lens-trainer\.$/m);
    assert.match(page, /^```sh\n[^`]*\+data\.cdas\.dir=\/job\/\.cdas /m);
  });

  it('says of a framework without one that decisions do not reach its job, without an empty box and without the package', () => {
    const parts = setupPartsFor('ms-swift', places);
    assert.ok(!needsPackage(parts));
    const page = setupDocument('ms-swift', null, parts);
    assert.match(page, /decisions cannot reach a running job/);
    assert.doesNotMatch(page, /```\w*\n```/);
    assert.doesNotMatch(page, /trainer package was/);
  });
});
