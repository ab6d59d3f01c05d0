package dev.trestle.adapter.ethereum;

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
 * The configured nodes, none of which is trusted alone: what no hash decides must be answered alike
 * by more than half of all of them. A node is asked nothing before it has shown the configured
 * chain id (and genesis block), and shows them again after every failure to reach it.
 *
 * <p>Methods block: they are for virtual threads.
 */
final class EndpointPool {
  private final List<Endpoint> endpoints;
  private final long chainId;
  private final Optional<Hash32> genesis;

  EndpointPool(List<EvmRpc> nodes, long chainId, Optional<Hash32> genesis) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("no endpoint");
    }
    this.chainId = chainId;
    this.genesis = genesis;
    this.endpoints = nodes.stream().map(Endpoint::new).toList();
  }

  int size() {
    return endpoints.size();
  }

  /** The least number that is more than half. */
  int quorum() {
    return endpoints.size() / 2 + 1;
  }

  /** What one node said: a value or a failure. */
  sealed interface Answer<T> {
    record Value<T>(T value) implements Answer<T> {}

    record Failure<T>(AdapterException failure) implements Answer<T> {}
  }

  /** Runs {@code work} against every node at once; the answers are in the order of the nodes. */
  <T> List<Answer<T>> all(Function<EvmRpc, T> work) {
    List<Future<Answer<T>>> running = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      running.add(Async.supply(() -> endpoint.ask(work)));
    }
    List<Answer<T>> answers = running.stream().map(Async::await).toList();
    refuseWrongChain(answers);
    return answers;
  }

  /** The values of the nodes that did not fail; at least a quorum of them. */
  <T> List<T> values(Function<EvmRpc, T> work) {
    List<T> values = new ArrayList<>();
    Optional<AdapterException> failure = Optional.empty();
    for (Answer<T> answer : all(work)) {
      switch (answer) {
        case Answer.Value<T>(T value) -> values.add(value);
        case Answer.Failure<T>(AdapterException e) -> failure = Optional.of(e);
      }
    }
    if (values.size() < quorum()) {
      throw failure.orElseThrow();
    }
    return values;
  }

  /** The middle value: no minority of nodes can push it beyond what honest ones say. */
  <T extends Comparable<? super T>> T median(Function<EvmRpc, T> work) {
    List<T> sorted = new ArrayList<>(values(work));
    sorted.sort(null);
    return sorted.get(sorted.size() / 2);
  }

  /**
   * The value that more than half of all nodes give. A reported failure is an answer, too.
   *
   * @throws AdapterException WRONG_CHAIN if any node is on another chain, UNREACHABLE if too few
   *     answer, ENDPOINTS_DISAGREE if enough answer but not alike, or the failure that more than
   *     half report
   */
  <T> T agree(Function<EvmRpc, T> work) {
    Map<Object, Integer> votes = new LinkedHashMap<>();
    int answered = 0;
    Optional<AdapterException> unreachable = Optional.empty();
    for (Answer<T> answer : all(work)) {
      Object vote;
      switch (answer) {
        case Answer.Value<T>(T value) -> vote = Optional.of(value);
        case Answer.Failure<T>(AdapterException e) -> {
          if (e.error() == AdapterError.UNREACHABLE) {
            unreachable = Optional.of(e);
            continue;
          }
          vote = e.error();
        }
      }
      answered++;
      if (votes.merge(vote, 1, Integer::sum) >= quorum()) {
        return valueOf(answer);
      }
    }
    if (answered < quorum()) {
      throw unreachable.orElseThrow();
    }
    throw new AdapterException(
        AdapterError.ENDPOINTS_DISAGREE,
        answered + " of " + size() + " endpoints answer, fewer than " + quorum() + " alike");
  }

  /**
   * The first value that a node gives without failing. Only for {@code work} that checks what it
   * got against a hash that is known already, or whose result no decision about value rests on.
   */
  <T> T firstValid(Function<EvmRpc, T> work) {
    Optional<AdapterException> last = Optional.empty();
    for (Endpoint endpoint : endpoints) {
      switch (endpoint.ask(work)) {
        case Answer.Value<T>(T value) -> {
          return value;
        }
        case Answer.Failure<T>(AdapterException e) -> {
          if (e.error() == AdapterError.WRONG_CHAIN) {
            throw e;
          }
          last = Optional.of(e);
        }
      }
    }
    throw last.orElseThrow();
  }

  private static <T> T valueOf(Answer<T> answer) {
    return switch (answer) {
      case Answer.Value<T>(T value) -> value;
      case Answer.Failure<T>(AdapterException e) -> throw e;
    };
  }

  private static <T> void refuseWrongChain(List<Answer<T>> answers) {
    for (Answer<T> answer : answers) {
      if (answer instanceof Answer.Failure<T>(AdapterException e)
          && e.error() == AdapterError.WRONG_CHAIN) {
        throw e;
      }
    }
  }

  private final class Endpoint {
    private final EvmRpc rpc;
    private volatile boolean identified;

    Endpoint(EvmRpc rpc) {
      this.rpc = rpc;
    }

    <T> Answer<T> ask(Function<EvmRpc, T> work) {
      try {
        identify();
        return new Answer.Value<>(work.apply(rpc));
      } catch (AdapterException e) {
        if (e.error() == AdapterError.UNREACHABLE) {
          identified = false; // another node may answer there next time
        }
        return new Answer.Failure<>(e);
      } catch (ArithmeticException | IllegalArgumentException | IndexOutOfBoundsException e) {
        // a parser met what no honest node sends
        return new Answer.Failure<>(
            new AdapterException(AdapterError.NODE_ERROR, "unusable answer: " + e.getMessage(), e));
      }
    }

    private void identify() {
      if (identified) {
        return;
      }
      if (Json.integer64(rpc.require("eth_chainId")) != chainId) {
        throw wrongChain("chain id");
      }
      if (genesis.isPresent()
          && !Json.hash(rpc.require("eth_getBlockByNumber", "0x0", false), "hash")
              .equals(genesis.get())) {
        throw wrongChain("genesis block");
      }
      identified = true;
    }

    private AdapterException wrongChain(String what) {
      return new AdapterException(
          AdapterError.WRONG_CHAIN,
          rpc.label() + " is not eip155:" + chainId + ": it has another " + what);
    }
  }
}
