import type { AggregateId, WorkflowCommand } from '@partitura/model';

interface Letter {
  readonly from: AggregateId;
  readonly to: AggregateId;
  readonly command: WorkflowCommand;
}

/** What workflows say to each other and has not arrived. From one to another order is kept; nothing else is promised. */
export class Post {
  readonly #letters: Letter[] = [];

  get isEmpty(): boolean {
    return this.#letters.length === 0;
  }

  send(from: AggregateId, to: AggregateId, command: WorkflowCommand): void {
    this.#letters.push({ from, to, command });
  }

  /**
   * Takes one that may arrive next.
   *
   * @param which Chooses among them; 0: the oldest.
   * @param mayArrive What its receiver does not take now is overtaken by what it takes.
   */
  take(which: number, mayArrive: (letter: Letter) => boolean): Letter | undefined {
    const letter = which === 0 ? this.#letters.find(mayArrive) : this.#anyHead(which, mayArrive);
    if (letter !== undefined) this.#letters.splice(this.#letters.indexOf(letter), 1);
    return letter;
  }

  #anyHead(which: number, mayArrive: (letter: Letter) => boolean): Letter | undefined {
    const taken = this.#letters.filter(mayArrive);
    const heads = taken.filter((letter) => taken.find(sameWay(letter)) === letter);
    return heads[which % Math.max(1, heads.length)];
  }
}

const sameWay =
  ({ from, to }: Letter) =>
  (other: Letter): boolean =>
    other.from === from && other.to === to;
