package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys.Table;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.state.StateReader;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One transaction (or the block's own work) while it runs: its overlay, its events and packets, and
 * the budget for light-client work. Thrown away when the transaction fails.
 */
final class Execution {
  private final Genesis genesis;
  private final Hash32 hubId;
  private final Families families;
  private final BlockContext block;
  private final Overlay overlay;
  private final LedgerView view;
  private final Budget budget;
  private final Checks checks;
  private final int packetsBefore;
  private final List<LedgerEvent> events = new ArrayList<>();
  private final List<Packet> packets = new ArrayList<>();
  private final List<Step.Fact> facts = new ArrayList<>();
  private final List<Step.Attested> attested = new ArrayList<>();

  /** With nothing found out before. */
  Execution(
      Genesis genesis,
      Hash32 hubId,
      Families families,
      BlockContext block,
      StateReader base,
      Budget budget,
      int packetsBefore) {
    this(genesis, hubId, families, block, base, budget, Checks.all(), packetsBefore);
  }

  /**
   * @param checks through which expensive checks are made
   * @param packetsBefore packets that the block has emitted already
   */
  Execution(
      Genesis genesis,
      Hash32 hubId,
      Families families,
      BlockContext block,
      StateReader base,
      Budget budget,
      Checks checks,
      int packetsBefore) {
    this.genesis = genesis;
    this.hubId = hubId;
    this.families = families;
    this.block = block;
    this.overlay = new Overlay(base);
    this.view = new LedgerView(overlay, genesis, families);
    this.budget = budget;
    this.checks = checks;
    this.packetsBefore = packetsBefore;
  }

  Genesis genesis() {
    return genesis;
  }

  Hash32 hubId() {
    return hubId;
  }

  Families families() {
    return families;
  }

  BlockContext block() {
    return block;
  }

  Overlay overlay() {
    return overlay;
  }

  LedgerView view() {
    return view;
  }

  Budget budget() {
    return budget;
  }

  /** The answer to an expensive question about a client with this state. */
  <T> Verdict<T> ask(Question<T> question, ClientView client) {
    return checks.ask(question, client, budget);
  }

  /** Whose signature over {@code digest} this is. Charges nothing: who asks has done it. */
  Optional<PublicKey> recover(EcdsaSignature signature, Hash32 digest) {
    return ask(new Question.SignedBy(signature, digest), nothing -> Optional.empty())
            instanceof Verdict.Accepted<PublicKey>(PublicKey key)
        ? Optional.of(key)
        : Optional.empty();
  }

  List<LedgerEvent> events() {
    return events;
  }

  List<Packet> packets() {
    return packets;
  }

  /** What light clients have proved so far. */
  List<Step.Fact> facts() {
    return facts;
  }

  /** What other verifiers have said so far. */
  List<Step.Attested> attested() {
    return attested;
  }

  CustodyRules.Committee committee() {
    return genesis.committee().custody();
  }

  void put(Bytes key, Bytes value) {
    overlay.put(key, value);
  }

  void putNumber(Bytes key, long value) {
    overlay.put(key, new CanonicalWriter().u64(value).toBytes());
  }

  void emit(LedgerEvent event) {
    events.add(event);
  }

  /** Adds a packet to the block's outbox and returns its leaf there. */
  int send(Packet packet) {
    packets.add(packet);
    return packetsBefore + packets.size() - 1;
  }

  /** What a transaction has done, seen from the state before it. */
  Step step(TransactionBody body) {
    return step(WriteMatrix.of(body), Optional.of(body));
  }

  /** What the block's own work has done, which may write {@code tables}. */
  Step step(Set<Table> tables) {
    return step(tables, Optional.empty());
  }

  private Step step(Set<Table> tables, Optional<TransactionBody> body) {
    return new Step(
        hubId,
        block,
        new LedgerView(overlay.base(), genesis, families),
        view,
        LedgerStore.changes(overlay),
        facts,
        attested,
        packets,
        tables,
        body);
  }

  boolean isPaused(ChainId chain) {
    return view.isPaused(new PauseSubject.Everything())
        || view.isPaused(new PauseSubject.Chain(chain));
  }

  /** Whether the route, one of its chains or everything is paused. */
  boolean isPaused(RouteRecord route) {
    return isPaused(route.home())
        || isPaused(route.destination())
        || view.isPaused(new PauseSubject.Route(route.id()));
  }
}
