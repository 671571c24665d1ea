/** A retention table from three masters, on as many processors as there are, against one server. */
import { Cluster } from 'ioredis';
import { RedisStore } from '../src/redis.js';
import { startCluster } from '../test/support/servers/cluster.js';
import { withServers } from './redis.js';
import { askTable, fill, nameOf } from './retention.js';
import type { Suite } from './suite.js';

export async function benchCluster(suite: Suite): Promise<void> {
  await withServers('tests', async ([single]) => {
    const size = { ids: suite.quick ? 2 ** 20 : 2 ** 23, density: 0.2 };
    const servers = await startCluster();
    const cluster = new Cluster(servers.nodes.slice(0, 3).map(({ host, port }) => ({ host, port })));
    try {
      await fill([single!.client, cluster], size);
      const [one, three] = [new RedisStore(single!.client), new RedisStore(cluster)];
      if ((await askTable(one)) !== (await askTable(three)))
        throw new Error('expected the same table from both sides');
      await suite.compare({
        name: nameOf(size, 'cluster of three'),
        ours: () => askTable(three),
        peers: [{ name: 'ours, one server', run: () => askTable(one) }],
      });
    } finally {
      cluster.disconnect();
      await servers.stop();
    }
  });
}
