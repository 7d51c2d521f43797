// The data behind the API, and who has looked at it. All of it is made up.

export interface Patient {
  readonly name: string;
  record: string;
  readonly lab: string;
  readonly bill: string;
  readonly prescription: string;
}

export interface Access {
  readonly patient: string;
  /** The task of the agent that was let in. */
  readonly task: string;
}

export interface Hospital {
  readonly patients: ReadonlyMap<string, Patient>;
  /** Every time that a file was opened, in that order. */
  readonly accesses: Access[];
}

export function createHospital(): Hospital {
  return {
    patients: new Map([
      [
        'P-1042',
        {
          name: 'Maria Santos',
          record: 'seasonal allergy, seen in March',
          lab: 'iron 92 µg/dl',
          bill: '120.00 due',
          prescription: 'cetirizine 10 mg',
        },
      ],
      [
        'P-2187',
        {
          name: "James O'Brien",
          record: 'sprained ankle, seen in May',
          lab: 'vitamin D 31 ng/ml',
          bill: '45.50 due',
          prescription: 'ibuprofen 400 mg',
        },
      ],
    ]),
    accesses: [],
  };
}
