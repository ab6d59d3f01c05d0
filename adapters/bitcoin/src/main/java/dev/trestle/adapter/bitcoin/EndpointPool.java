package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.base.Hash32;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The configured nodes, none of which is trusted alone. What cannot be checked by hashes must be
 * answered alike by more than half of all of them; what can be checked may come from any one. A
 * node is used only after it has shown the configured genesis block, and shows it again after every
 * failure to reach it.
 *
 * <p>Methods block: they are for virtual threads.
 */
final class EndpointPool {
  private final List<Endpoint> endpoints;
  private final UtxoNetwork network;

  EndpointPool(List<BitcoinRpc> nodes, UtxoNetwork network) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("no endpoint");
    }
    this.endpoints = nodes.stream().map(Endpoint::new).toList();
    this.network = network;
  }

  int size() {
    return endpoints.size();
  }

  /** The least number that is more than half. */
  int quorum() {
    return endpoints.size() / 2 + 1;
  }

  /**
   * What one node said.
   *
   * @param value empty when it failed
   */
  record Answer<T>(Optional<T> value, Optional<AdapterException> failure) {
    static <T> Answer<T> of(T value) {
      return new Answer<>(Optional.of(value), Optional.empty());
    }

    static <T> Answer<T> failed(AdapterException failure) {
      return new Answer<>(Optional.empty(), Optional.of(failure));
    }
  }

  /** Runs {@code work} against every node at once; the answers are in the order of the nodes. */
  <T> List<Answer<T>> all(Function<BitcoinRpc, T> work) {
    List<Future<Answer<T>>> running = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      running.add(
          Async.supply(() -> endpoint.run(work))
              .map(Answer::of)
              .recover(failure -> Future.succeededFuture(Answer.failed(coded(failure)))));
    }
    return running.stream().map(Async::await).toList();
  }

  /**
   * The value that more than half of all nodes give. A coded failure is an answer, too: NOT_FOUND
   * is thrown only if more than half say so.
   *
   * @throws AdapterException WRONG_CHAIN if any node is on another chain, UNREACHABLE if too few
   *     answer, ENDPOINTS_DISAGREE if enough answer but not alike
   */
  <T> T agree(Function<BitcoinRpc, T> work) {
    return majority(all(work));
  }

  /** As {@link #agree}, for answers that are there already. */
  <T> T majority(List<Answer<T>> answers) {
    refuseWrongChain(answers);
    Map<Object, Integer> votes = new LinkedHashMap<>();
    int answered = 0;
    for (Answer<T> answer : answers) {
      Optional<AdapterException> failure = answer.failure();
      if (failure.isPresent() && failure.get().error() == AdapterError.UNREACHABLE) {
        continue;
      }
      answered++;
      Object vote = failure.<Object>map(AdapterException::error).orElse(answer.value());
      if (votes.merge(vote, 1, Integer::sum) >= quorum()) {
        return valueOrThrow(answer);
      }
    }
    if (answered < quorum()) {
      throw answers.stream()
          .flatMap(answer -> answer.failure().stream())
          .findFirst()
          .orElseThrow(() -> new AdapterException(AdapterError.UNREACHABLE, "no endpoint answers"));
    }
    throw new AdapterException(
        AdapterError.ENDPOINTS_DISAGREE,
        answered + " of " + size() + " endpoints answer, fewer than " + quorum() + " alike");
  }

  /**
   * The first value that a node gives without failing. Only for {@code work} that checks what it
   * got against a hash that is known already, or whose result no decision about value rests on.
   */
  <T> T firstValid(Function<BitcoinRpc, T> work) {
    Optional<AdapterException> last = Optional.empty();
    for (Endpoint endpoint : endpoints) {
      try {
        return endpoint.run(work);
      } catch (AdapterException e) {
        if (e.error() == AdapterError.WRONG_CHAIN) {
          throw e;
        }
        last = Optional.of(e);
      }
    }
    throw last.orElseThrow();
  }

  static void refuseWrongChain(List<? extends Answer<?>> answers) {
    for (Answer<?> answer : answers) {
      Optional<AdapterException> failure = answer.failure();
      if (failure.isPresent() && failure.get().error() == AdapterError.WRONG_CHAIN) {
        throw failure.get();
      }
    }
  }

  private static <T> T valueOrThrow(Answer<T> answer) {
    if (answer.failure().isPresent()) {
      throw answer.failure().get();
    }
    return answer.value().orElseThrow();
  }

  private static AdapterException coded(Throwable failure) {
    return failure instanceof AdapterException known
        ? known
        : new AdapterException(
            AdapterError.NODE_ERROR, "unusable answer: " + failure.getMessage(), failure);
  }

  private final class Endpoint {
    private final BitcoinRpc rpc;
    private volatile boolean identified;

    Endpoint(BitcoinRpc rpc) {
      this.rpc = rpc;
    }

    <T> T run(Function<BitcoinRpc, T> work) {
      identify();
      try {
        return work.apply(rpc);
      } catch (AdapterException e) {
        if (e.error() == AdapterError.UNREACHABLE) {
          identified = false; // another node may answer there next time
        }
        throw e;
      } catch (ArithmeticException | IllegalArgumentException | IndexOutOfBoundsException e) {
        throw coded(e); // a parser met what no honest node sends
      }
    }

    private void identify() {
      if (identified) {
        return;
      }
      String answer =
          BitcoinRpc.text(Async.await(rpc.call("getblockhash", 0)).orThrow("getblockhash"));
      if (!answer.equals(network.genesis().toReversedHex())) {
        throw new AdapterException(
            AdapterError.WRONG_CHAIN, rpc.label() + " is not " + network.displayName());
      }
      identified = true;
    }
  }

  /** A block hash as nodes write it. */
  static Hash32 hash(String reversedHex) {
    if (!reversedHex.matches("[0-9a-f]{64}")) {
      throw BitcoinRpc.malformed("not a hash");
    }
    return Hash32.fromReversedHex(reversedHex);
  }
}
