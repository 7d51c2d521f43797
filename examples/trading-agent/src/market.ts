// The data behind the API. All of it is made up.

export interface Order {
  readonly side: 'buy' | 'sell';
  readonly shares: number;
}

export interface Trade extends Order {
  readonly symbol: string;
  readonly price: number;
}

export interface Market {
  /** The price moves on each time somebody asks, until the last it has. */
  readonly quote: (symbol: string) => number | undefined;
  /** At the price that was quoted last. */
  readonly trade: (symbol: string, order: Order) => Trade | undefined;
}

const PRICES: Readonly<Record<string, readonly number[]>> = {
  AAPL: [187.42, 187.95, 188.48],
  NVDA: [121.07],
  SPY: [519.3],
  TSLA: [172.6],
};

export function createMarket(): Market {
  const asked = new Map<string, number>();
  const priceAfter = (symbol: string, times: number): number | undefined => {
    const prices = Object.hasOwn(PRICES, symbol) ? PRICES[symbol] : undefined;
    return prices?.[Math.min(times, prices.length) - 1];
  };
  return {
    quote(symbol) {
      const times = (asked.get(symbol) ?? 0) + 1;
      asked.set(symbol, times);
      return priceAfter(symbol, times);
    },
    trade(symbol, order) {
      const price = priceAfter(symbol, asked.get(symbol) ?? 1);
      return price === undefined ? undefined : { symbol, ...order, price };
    },
  };
}
