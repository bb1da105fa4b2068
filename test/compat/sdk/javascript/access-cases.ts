import assert from 'node:assert/strict';
import { Clients, manual, refusal, type Cases } from './flows.ts';

export const accessCases: Cases = {
  /** All other cases log in with a key too: the server lets nobody in without one. */
  async keys_are_checked(clients) {
    await clients.registered('guarded', [manual('one')]);
    const id = await clients.start('guarded');
    const keyId = String(process.env['READER_KEY']);

    const reader = await Clients.connect({ keyId, keySecret: String(process.env['READER_SECRET']) });
    assert.equal((await reader.run(id)).status, 'RUNNING');
    await refusal(/may not|not allowed|forbidden|permission/i, reader.start('guarded'));
    await refusal(/may not|not allowed|forbidden|permission/i, reader.workflows.terminate(id, 'no'));

    // The SDK would try a wrong secret for minutes before it gives up: the refusal itself is looked at.
    const answer = await fetch(`${String(process.env['CONDUCTOR_SERVER_URL'])}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ keyId, keySecret: 'not the secret' }),
    });
    assert.equal(answer.status, 401);
  },
};
