import type { Traits } from '@partitura/engine';

/** What most system tasks have in common; a kind says where it differs. */
export const systemTask: Traits = {
  worker: false,
  responds: () => false,
  namedByType: false,
  retried: true,
  delayed: false,
  usesInputTemplate: false,
  knowsItsId: true,
  endsFlow: false,
  reopens: false,
};

/** Control tasks are shown under their type whatever their name is, and never tried again by themselves. */
export const controlTask: Traits = { ...systemTask, retried: false, namedByType: true };
