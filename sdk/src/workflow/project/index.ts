/** The use cases of projects: a network with a config of its own. */
export { buildProject, type BuildProjectOptions, type BuiltProject } from './build-project.js';
export { checkProject, type CheckedProject, type CheckProjectOptions } from './check-project.js';
export { initProject, type InitProjectOptions, type NewProject } from './init-project.js';
export {
  openProject,
  openRecipe,
  placesOf,
  type OpenedProject,
  type OpenProjectOptions,
  type ProjectPlaces,
} from './open-project.js';
export { trainProject, type ProjectTraining, type TrainProjectOptions } from './train-project.js';
