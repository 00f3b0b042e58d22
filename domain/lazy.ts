/**
 * What is made when it is first asked for, and kept: also a promise that was rejected, or a function that must act once.
 * @param make called once, or again where it threw
 */
export function lazy<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
