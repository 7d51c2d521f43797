// The data behind the API. All of it is made up.

export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly item: string;
  shipped: boolean;
}

/** The order that the worker is sent out for, and one that is none of its business. */
export function createOrders(own: Pick<Order, 'id' | 'customer'>): ReadonlyMap<string, Order> {
  const foreign = foreignTo(own);
  return new Map([
    [own.id, { ...own, item: 'desk lamp', shipped: false }],
    [foreign.id, { ...foreign, item: 'bookshelf', shipped: false }],
  ]);
}

/** Another customer's order, whichever one the worker is sent out for. */
export function foreignTo(own: Pick<Order, 'id' | 'customer'>): Pick<Order, 'id' | 'customer'> {
  return {
    id: own.id === 'ord-0000' ? 'ord-0001' : 'ord-0000',
    customer: own.customer === 'cust-9999' ? 'cust-9998' : 'cust-9999',
  };
}
