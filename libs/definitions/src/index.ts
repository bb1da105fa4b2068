export { DefinitionsCopy, type DefinitionName, type DefinitionsCopyOptions } from './definitions-copy.ts';
