export { DefinitionsCopy, type DefinitionsCopyOptions } from './definitions-copy.ts';
