import { describe, expect, it } from '@jest/globals';
import { serverProperties } from './properties.ts';

const nodes = [1, 2, 3].map((id) => ({ id, port: 1_000 + id, controllerPort: 2_000 + id }));

describe('settings of a Kafka node', () => {
  it('ask for one replica where there is one node', () => {
    const text = serverProperties(nodes[0]!, nodes.slice(0, 1), '/data');
    expect(text).toContain('offsets.topic.replication.factor=1\n');
    expect(text).toContain('transaction.state.log.min.isr=1\n');
    expect(text).toContain('controller.quorum.voters=1@127.0.0.1:2001\n');
    expect(text).toContain('log.dirs=/data\n');
  });

  it('ask for three replicas, two in sync, where there are three', () => {
    const text = serverProperties(nodes[1]!, nodes, '/data');
    expect(text).toContain('default.replication.factor=3\n');
    expect(text).toContain('min.insync.replicas=2\n');
    expect(text).toContain('node.id=2\n');
    expect(text).toContain('controller.quorum.voters=1@127.0.0.1:2001,2@127.0.0.1:2002,3@127.0.0.1:2003\n');
  });

  it('never listen beyond this machine', () => {
    const text = serverProperties(nodes[0]!, nodes, '/data');
    expect(text.match(/:\/\/[^:]*/g)).toEqual(Array(3).fill('://127.0.0.1'));
  });
});
