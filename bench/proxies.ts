import type { ChildProcess } from 'node:child_process';
import { access, chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort, proxyCore, start, stop, waitUntilReady } from './processes.ts';

export type ProxyName = 'nginx tuned' | 'nginx as installed' | 'gateway';

/** Something that stands between load and upstream, alone on its core. */
export interface ProxyUnderTest {
  name: ProxyName;
  url: string;
  headers: Record<string, string>;
  pid: number;
  stop(): Promise<void>;
}

export interface ProxyPlace {
  upstreamPort: number;
  /** An empty folder for it alone. */
  folder: string;
  /** Write a CPU profile into this folder (the gateway only). */
  profileFolder?: string | undefined;
  /** A module to load before the gateway, and where it writes (BENCH_PROBE_FILE). */
  probe?: string;
  probeFile?: string;
}

export const openProxy: Record<ProxyName, (place: ProxyPlace) => Promise<ProxyUnderTest>> = {
  'nginx tuned': (place) => openNginx('nginx tuned', place, tuned),
  'nginx as installed': (place) => openNginx('nginx as installed', place, asInstalled),
  gateway: openGateway,
};

interface NginxConfig {
  workers: string;
  upstream: string;
  location: string;
}

const asInstalled: NginxConfig = { workers: 'auto', upstream: '', location: '' };
const tuned: NginxConfig = {
  workers: '1',
  upstream: 'keepalive 64;',
  location: `
      proxy_request_buffering off;
      proxy_buffers 16 128k;
      proxy_buffer_size 128k;
      proxy_busy_buffers_size 256k;
      proxy_http_version 1.1;
      proxy_set_header Connection "";`,
};

/** What Debian's nginx.conf sets, moved into one folder, with a proxy and a limit on bodies high enough. */
function writeNginxConfig(port: number, place: ProxyPlace, config: NginxConfig): string {
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `${user}
worker_processes ${config.workers};
pid nginx.pid;
error_log error.log;
events { worker_connections 4096; }
http {
  sendfile on;
  tcp_nopush on;
  gzip on;
  default_type application/octet-stream;
  access_log access.log;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_max_body_size 1g;
  upstream vendor { server 127.0.0.1:${place.upstreamPort}; ${config.upstream} }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://vendor;${config.location}
    }
  }
}
`;
}

async function openNginx(name: ProxyName, place: ProxyPlace, config: NginxConfig): Promise<ProxyUnderTest> {
  const nginx = await findNginx();
  const port = await findFreePort();
  await mkdir(place.folder, { recursive: true });
  // Its workers may run as another user.
  await chmod(place.folder, 0o755);
  await writeFile(join(place.folder, 'nginx.conf'), writeNginxConfig(port, place, config));
  const command = [nginx, '-p', place.folder, '-c', 'nginx.conf', '-e', 'error.log', '-g', 'daemon off;'];
  const child = start(command, { core: proxyCore });
  await waitUntilReady(`http://127.0.0.1:${port}/`, child);
  return toProxy(name, child, `http://127.0.0.1:${port}/v1/images/edits`, {});
}

/** @throws Error that says how to install it */
export async function findNginx(): Promise<string> {
  // Debian keeps it in a folder that is not on everybody's path.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders) {
    const path = join(folder, 'nginx');
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  throw new Error(
    'nginx is not installed. On Debian or Ubuntu: `apt-get install nginx-light`; on macOS: `brew install nginx`.',
  );
}

/** As a user starts it, with a key of the user's. */
async function openGateway(place: ProxyPlace): Promise<ProxyUnderTest> {
  const port = await findFreePort();
  const adminKey = 'bench-admin-key-0123456789';
  const repository = fileURLToPath(new URL('..', import.meta.url));
  const profiling = place.profileFolder ? ['--cpu-prof', `--cpu-prof-dir=${place.profileFolder}`] : [];
  const probing = place.probe ? ['--import', place.probe] : [];
  await mkdir(place.folder, { recursive: true });
  const { scripts } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
  const [, , ...words] = scripts.start.split(' ');
  const child = start([process.execPath, ...profiling, ...probing, ...words], {
    core: proxyCore,
    cwd: repository,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      BENCH_PROBE_FILE: place.probeFile,
      // The probe comes before the gateway has named its cache, and would load the compiler for TypeScript into it.
      ...(place.probe && { NODE_COMPILE_CACHE: join(repository, 'node_modules/.cache/retouch') }),
      RETOUCH_DATA_DIR: join(place.folder, 'data'),
      RETOUCH_PORT: String(port),
      RETOUCH_ADMIN_KEY: adminKey,
      OPENAI_API_KEY: 'sk-bench',
      OPENAI_BASE_URL: `http://127.0.0.1:${place.upstreamPort}/v1`,
    },
  });
  const base = `http://127.0.0.1:${port}`;
  await waitUntilReady(`${base}/readyz`, child);
  const answer = await fetch(`${base}/admin/v1/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench', mode: 'live' }),
  });
  if (answer.status !== 201) throw new Error(`no key: ${answer.status} ${await answer.text()}`);
  const { key } = (await answer.json()) as { key: string };
  return toProxy('gateway', child, `${base}/v1/images/edits`, { authorization: `Bearer ${key}` });
}

function toProxy(
  name: ProxyName,
  child: ChildProcess,
  url: string,
  headers: Record<string, string>,
): ProxyUnderTest {
  if (child.pid === undefined) throw new Error(`${name} did not start`);
  return { name, url, headers, pid: child.pid, stop: () => stop(child) };
}
