import { Random, SimulatedWorld } from '@partitura/log-simulated';
import { faithful, type Alarm, type JournalSettings, type Rules } from '@partitura/journal';
import { ArchivePartition, RevivalWorker } from './archive.ts';
import { DeciderProcess, smallSettings } from './decider-process.ts';
import { faithfulIdentity, type Identity } from './domain/identity.ts';
import { toyDomain } from './domain/toy-domain.ts';
import { deciderGroup, fixedTopics, installation, remembering, type Installation } from './installation.ts';
import { JournalFollower, type AdmittedAt } from './journal-follower.ts';
import { Outside } from './outside.ts';
import { fair, type Story } from './stories.ts';
import { drawMishap, drawWeather, type Weather } from './weather.ts';

export interface SceneOptions {
  readonly seed: number;
  readonly weather?: Partial<Weather>;
  readonly rules?: Partial<Rules> | ((scene: () => Scene) => Partial<Rules>);
  readonly identity?: Identity;
  readonly settings?: Partial<JournalSettings>;
  /** Instead of a storm. */
  readonly story?: Story;
}

export interface HeardAlarm extends Alarm {
  readonly process: string;
  readonly atMs: number;
}

/** A plain reader of one partition; it keeps all that it was given. */
export interface PlainReader {
  readonly follower: JournalFollower;
  readonly admitted: AdmittedAt[];
}

/** One installation with everybody in it, and what goes wrong with them. */
export class Scene {
  readonly world: SimulatedWorld;
  readonly weather: Weather;
  readonly installation: Installation;
  /** The installation as checkers read it. */
  readonly evidence: Installation;
  readonly domain: ReturnType<typeof toyDomain>;
  readonly rules: Rules;
  readonly settings: typeof smallSettings;
  readonly archive: readonly ArchivePartition[];
  readonly readers: readonly PlainReader[];
  readonly deciders: readonly DeciderProcess[];
  readonly outside: Outside;
  readonly alarms: HeardAlarm[] = [];
  readonly #random: Random;
  #stormy = true;

  constructor(options: SceneOptions) {
    this.#random = new Random(options.seed ^ 0x5eed);
    this.weather = drawWeather(this.#random, options.weather);
    const { partitions, processes, faults } = this.weather;
    this.world = new SimulatedWorld({ seed: options.seed, faults });
    this.world.createTopics(fixedTopics(partitions));
    this.installation = installation(partitions);
    this.evidence = { ...this.installation, codec: remembering(this.installation.codec) };
    this.domain = toyDomain(options.identity ?? faithfulIdentity);
    const { rules } = options;
    this.rules = { ...faithful, ...(typeof rules === 'function' ? rules(() => this) : rules) };
    this.settings = { ...smallSettings, ...options.settings };
    const numbers = Array.from({ length: partitions }, (_, partition) => partition);
    this.archive = numbers.map((p) => new ArchivePartition(this.installation, p, this.rules, this.domain));
    this.readers = numbers.map((p) => this.#plainReader(p));
    const revival = new RevivalWorker(this.installation, this.archive, () => 40 + this.#random.below(200));
    this.outside = new Outside(this.world, this.#random, this.installation, this.archive, revival);
    this.deciders = Array.from({ length: processes }, (_, i) => this.#decider(`decider-${i}`));
  }

  /** Everybody is up; workers work unless told not to. */
  begin(): void {
    for (const decider of this.deciders) decider.start();
    this.startReaders();
    this.#every(
      () => 40,
      () => this.outside.work(),
      () => true,
    );
  }

  /** Whether this process believes that it owns this number. */
  owns(name: string, partition: number): boolean {
    const decider = this.deciders.find((one) => one.name === name);
    return decider?.partitions().some((one) => one.partition === partition && one.phase === 'owning') ?? false;
  }

  /** The part in which things go wrong. */
  async storm(): Promise<void> {
    const { stormMs, clientMs, mishapMs, truncates } = this.weather;
    this.begin();
    this.#every(
      () => this.#random.exponential(clientMs),
      () => this.outside.act(),
      () => this.#stormy,
    );
    this.#every(
      () => this.#random.exponential(mishapMs),
      () => this.#mishap(),
      () => this.#stormy,
    );
    if (truncates) this.world.after(stormMs * this.#random.between(0.3, 0.9), () => this.#truncate());
    await this.world.pass(stormMs);
    this.#stormy = false;
  }

  /** Faults stop, everybody is up and hears everybody. */
  clear(): void {
    this.outside.calm = true;
    this.world.direct(() => undefined);
    this.world.setFaults(fair);
    for (const decider of this.deciders) {
      if (decider.isAlive) {
        this.world.thaw(decider.name);
        this.world.heal(decider.name, 'both');
        this.world.setSkew(decider.name, 0);
        this.world.killAtCall(decider.name, Infinity);
      } else {
        decider.start();
      }
    }
    this.startReaders();
    for (const name of ['archive', 'reader']) this.world.thaw(name);
  }

  #decider(name: string): DeciderProcess {
    const { world, domain, rules, settings } = this;
    return new DeciderProcess(name, {
      world,
      installation: this.installation,
      domain,
      rules,
      settings,
      onAlarm: (process, alarm) => this.alarms.push({ ...alarm, process, atMs: world.elapsedMs }),
    });
  }

  #plainReader(partition: number): PlainReader {
    const admitted: AdmittedAt[] = [];
    return {
      admitted,
      follower: new JournalFollower(this.installation, partition, this.rules, 'poll', (one) => admitted.push(one)),
    };
  }

  startReaders(): void {
    const session = (): number => (this.#stormy ? this.#random.between(50, 1_500) : 1_000);
    const start = (name: string, followers: readonly JournalFollower[]): void => {
      if (this.world.isAlive(name)) return;
      const process = this.world.process(name);
      for (const follower of followers) void follower.run(process, session);
    };
    start(
      'archive',
      this.archive.map((one) => one.follower),
    );
    start(
      'reader',
      this.readers.map((one) => one.follower),
    );
  }

  #every(pauseMs: () => number, act: () => void, goesOn: () => boolean): void {
    this.world.after(pauseMs(), () => {
      if (!goesOn()) return;
      act();
      this.#every(pauseMs, act, goesOn);
    });
  }

  /** Ends the mishap after a while, unless the process has got another life meanwhile. */
  #endLater(decider: DeciderProcess, meanMs: number, end: () => void): void {
    this.world.after(this.#random.exponential(meanMs), () => {
      if (decider.isAlive) end();
    });
  }

  #mishap(): void {
    const { world } = this;
    const random = this.#random;
    const decider = random.pick(this.deciders);
    const { name } = decider;
    const restart = (): void => void world.after(random.exponential(700), () => decider.start());
    if (!decider.isAlive) {
      decider.start();
      return;
    }
    if (this.weather.skewMs > 0) world.setSkew(name, Math.round(random.between(-1, 1) * this.weather.skewMs));
    switch (drawMishap(random, this.weather.mishaps)) {
      case 'kill':
        world.kill(name);
        restart();
        break;
      case 'killAtCall':
        world.killAtCall(name, 1 + random.below(25));
        restart();
        break;
      case 'freeze':
        world.freeze(name);
        this.#endLater(decider, this.weather.frozenMs, () => world.thaw(name));
        break;
      case 'cutGroups':
        world.cut(name, 'groups');
        this.#endLater(decider, 2_500, () => world.heal(name, 'groups'));
        break;
      case 'cutLog':
        world.cut(name, 'both');
        this.#endLater(decider, 900, () => world.heal(name, 'both'));
        break;
      case 'shuffle':
        world.shuffle(deciderGroup);
        break;
      case 'killReader':
        world.kill(random.pick(['archive', 'reader']));
        world.after(random.exponential(this.weather.readerAwayMs), () => this.startReaders());
        break;
      case undefined:
    }
  }

  #truncate(): void {
    const partition = this.#random.below(this.weather.partitions);
    const at = { topic: this.installation.names.journal, partition };
    const { end } = this.world.offsets(at);
    if (end <= 10) return;
    this.world.truncate(at, end - 1 - this.#random.below(8), this.#random.exponential(1_000));
    // Readers that are away may find the log grown again beyond what they have read.
    for (const name of ['reader', 'archive']) {
      if (!this.world.isAlive(name) || this.#random.chance(0.3)) continue;
      this.world.freeze(name);
      this.world.after(this.#random.exponential(2_000), () => this.world.thaw(name));
    }
  }
}
