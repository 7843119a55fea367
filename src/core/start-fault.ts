/** Why the gateway cannot start, for the operator: one line that says what to do, shown without a stack. */
export class StartFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartFault';
  }
}
