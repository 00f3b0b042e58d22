/** asl-validator 4.0.0 comes without types. */
declare module 'asl-validator' {
  interface ValidatorError {
    Message: string;
    schemaError?: { instancePath: string };
  }
  export default function validate(definition: object): { isValid: boolean; errors: ValidatorError[] };
}
