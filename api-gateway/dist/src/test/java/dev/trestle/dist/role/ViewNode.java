package dev.trestle.dist.role;

import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.gateway.hub.HubNode;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.relayer.HandOver;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A relay chain of which there is a state to be read, and nothing else. */
record ViewNode(Supplier<LedgerView> state) implements HubNode {
  @Override
  public LedgerView view() {
    return state.get();
  }

  @Override
  public Hash32 hubId() {
    return Hash32.ZERO;
  }

  @Override
  public Head head() {
    throw notAsked();
  }

  @Override
  public Optional<BlockInfo> block(long height) {
    throw notAsked();
  }

  @Override
  public List<ValidatorInfo> validators() {
    throw notAsked();
  }

  @Override
  public Optional<List<ValidatorInfo>> validatorsAt(long height) {
    throw notAsked();
  }

  @Override
  public List<HandOver> handOvers() {
    throw notAsked();
  }

  @Override
  public Verdict<Hash32> send(Transaction transaction) {
    throw notAsked();
  }

  @Override
  public Included awaitInclusion(Hash32 transactionId) {
    throw notAsked();
  }

  @Override
  public Optional<Included> find(Hash32 transactionId) {
    throw notAsked();
  }

  @Override
  public Optional<PacketDelivery> delivery(Hash32 packetId) {
    throw notAsked();
  }

  @Override
  public Liveness liveness() {
    throw notAsked();
  }

  @Override
  public void onBlock(Consumer<BlockEvents> listener) {
    throw notAsked();
  }

  private static IllegalStateException notAsked() {
    return new IllegalStateException("nobody asks for this");
  }
}
