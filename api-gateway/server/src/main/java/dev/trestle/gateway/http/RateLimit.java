package dev.trestle.gateway.http;

import dev.trestle.base.TimeSource;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A token bucket for every client address; an IPv6 client is its /64. Only the address of the
 * connection counts: headers that name another one can be forged. Answers 429 when a bucket is
 * empty.
 */
public final class RateLimit implements Handler<RoutingContext> {
  /** Requests a second that one address may send for long. */
  public static final int PER_SECOND = 200;

  /** Requests that one address may send at once. */
  public static final int BURST = 1_000;

  /**
   * Transfers that one address may open in an hour for long, and at once. All users of a gateway
   * share its sender's places on the relay chain: in the life of a transfer one address must not be
   * able to take them all.
   */
  public static final int OPENS_PER_HOUR = 120;

  /** Addresses that are remembered. */
  static final int MAX_ADDRESSES = 10_000;

  private static final int PREFIX_BYTES = 8;

  private record Bucket(double tokens, long atMillis) {}

  private final TimeSource time;
  private final double perMilli;
  private final int burst;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MAX_ADDRESSES;
        }
      };

  public RateLimit(TimeSource time, int perSecond, int burst) {
    this(time, perSecond / 1000.0, burst);
  }

  private RateLimit(TimeSource time, double perMilli, int burst) {
    this.time = time;
    this.perMilli = perMilli;
    this.burst = burst;
  }

  /** At most {@code perHour} at once, and as many in each hour. */
  public static RateLimit hourly(TimeSource time, int perHour) {
    return new RateLimit(time, perHour / 3_600_000.0, perHour);
  }

  /** Takes one token; false when there is none. */
  synchronized boolean take(String address) {
    long now = time.nowMillis();
    Bucket bucket = buckets.getOrDefault(address, new Bucket(burst, now));
    double tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.atMillis) * perMilli);
    boolean granted = tokens >= 1;
    buckets.put(address, new Bucket(granted ? tokens - 1 : tokens, now));
    return granted;
  }

  @Override
  public void handle(RoutingContext context) {
    if (take(client(context))) {
      context.next();
    } else {
      long seconds = (long) Math.ceil(1 / perMilli / 1000);
      context.response().putHeader("Retry-After", Long.toString(seconds));
      JsonHttp.fail(context, new Problem(ProblemCode.RATE_LIMITED, "wait " + seconds + " s"));
    }
  }

  /** The client that a limit is for. */
  public static String client(RoutingContext context) {
    return client(context.request().remoteAddress().hostAddress());
  }

  static String client(String address) {
    if (!address.contains(":")) {
      return address;
    }
    try {
      byte[] bytes = InetAddress.getByName(address).getAddress();
      return HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, PREFIX_BYTES)));
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
