import { appendFileSync } from 'node:fs';
const c: Record<string, number> = ((globalThis as any).__kc ??= {});
let name = '';
export function count(what: string, n = 1): void { c[what] = (c[what] ?? 0) + n; }
export function countAs(n: string): void { if (name !== '') return; name = n;
  let last: Record<string, number> = {}; let cpu = process.cpuUsage();
  setInterval(() => { const d: Record<string, number> = {}; for (const k in c) if ((c[k] ?? 0) !== (last[k] ?? 0)) d[k] = (c[k] ?? 0) - (last[k] ?? 0);
    last = { ...c }; const u = process.cpuUsage(cpu); cpu = process.cpuUsage(); if (process.env["PARTITURA_ROLES"] === undefined && !name.startsWith("bench")) return; appendFileSync(`/tmp/kc/${name}-${process.pid}.log`, JSON.stringify({ t: Math.round(Date.now()/1000)%10000, cpu: Math.round((u.user+u.system)/1000), ...d }) + '\n'); }, 1000).unref();
}
