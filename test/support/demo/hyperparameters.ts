/** Rollouts per problem and step. */
export const rolloutsPerGroup = 8;
/** Adam's step size during GRPO. */
export const learningRate = 0.0007;
/** A checkpoint is written this often, and at every stop. */
export const saveEverySteps = 10;
/** Held-out problems are asked this often. */
export const testEverySteps = 10;
/** How many held-out problems there are. */
export const heldOutProblems = 300;
