/** In place of `classic-level`, a native database on disk: the lab's DynamoDB keeps its tables in memory. */
export class ClassicLevel {
  constructor() {
    throw new Error('this package has no database on disk');
  }
}
