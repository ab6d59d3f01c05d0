package dev.trestle.dist.follow;

import dev.trestle.base.Bytes;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.VerifiedUpdate;
import java.util.Optional;
import java.util.TreeMap;

/** A light client with its state in memory. Not thread-safe. */
final class ClientMemory {
  private final LightClient client;
  private final long work;
  private final TimeSource time;
  private final TreeMap<Bytes, Bytes> state = new TreeMap<>();

  /**
   * @param work units that one message may cost, see {@link Budget}
   * @throws CliException {@code anchor-rejected} with the client's code
   */
  ClientMemory(LightClient client, Bytes anchor, long work, TimeSource time) {
    this.client = client;
    this.work = work;
    this.time = time;
    write(accepted("anchor-rejected", client.initialize(anchor, new Budget(work))));
  }

  LightClient client() {
    return client;
  }

  ClientView view() {
    return key -> Optional.ofNullable(state.get(key));
  }

  HeaderRef head() {
    return client.latest(view());
  }

  /** What the client says of a message now; changes nothing. */
  Verdict<VerifiedUpdate> verify(Bytes message) {
    return client.verify(view(), message, new Budget(work), time.nowSeconds());
  }

  /** Takes over what {@link #verify} has just accepted. */
  void apply(VerifiedUpdate update) {
    write(client.apply(view(), update));
  }

  /**
   * @throws CliException {@code header-rejected} with the client's code
   */
  void update(Bytes message) {
    apply(accepted("header-rejected", verify(message)));
  }

  /** The value, or a {@link CliException} with {@code code} and the reason in its message. */
  static <T> T accepted(String code, Verdict<T> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<T>(T value) -> value;
      case Verdict.Ignored<T>(ReasonCode reason, String detail) -> throw no(code, reason, detail);
      case Verdict.Rejected<T>(ReasonCode reason, String detail) -> throw no(code, reason, detail);
      case Verdict.Later<T>(ReasonCode reason, String detail) -> throw no(code, reason, detail);
    };
  }

  static CliException no(String code, ReasonCode reason, String detail) {
    return new CliException(code, Failures.VERIFICATION, reason.code() + ": " + detail);
  }

  private void write(ClientDelta delta) {
    delta
        .writes()
        .forEach(
            (key, value) ->
                value.ifPresentOrElse(bytes -> state.put(key, bytes), () -> state.remove(key)));
  }
}
