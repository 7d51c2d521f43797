// The data behind the three APIs. All of it is made up.

export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly item: string;
  shipped: boolean;
}

/** A fresh set of orders, so that each API has its own. */
export function createOrders(): ReadonlyMap<string, Order> {
  return new Map(
    [
      { id: 'ord-4823', customer: 'cust-7291', item: 'desk lamp' },
      { id: 'ord-4824', customer: 'cust-7291', item: 'bookshelf' },
      { id: 'ord-5107', customer: 'cust-9999', item: 'office chair' },
    ].map((order) => [order.id, { ...order, shipped: false }]),
  );
}

export function ordersOf(orders: ReadonlyMap<string, Order>, customer: string): Order[] {
  return [...orders.values()].filter((order) => order.customer === customer);
}
