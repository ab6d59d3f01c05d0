package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.state.RememberedReads;
import dev.trestle.relay.ledger.state.StateReader;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What light clients say of the proofs and headers of one block, asked by any number of threads
 * before the block is executed by one. A client is a function of its arguments, of what it reads
 * and of its budget, so an answer counts in execution only where the question is the same to the
 * byte, every value that was read stands there unchanged, and the work that it took is left in the
 * budget, which is charged for it. Everything else is asked again: the outcome of a block is the
 * same with all of these answers, some, or none.
 *
 * <p>Of one block on one state; made by {@link Ledger#prevalidation}.
 */
public final class Prevalidation {
  private final Genesis genesis;
  private final Families families;
  private final Hash32 parentRoot;
  private final BlockContext block;
  private final StateReader reads;

  /** Units that may still be spent: no more than executing the block may cost. */
  private final AtomicLong left;

  private final AtomicInteger used = new AtomicInteger();
  private final Answers<ProvenFact> facts = new Answers<>();
  private final Answers<VerifiedUpdate> updates = new Answers<>();
  private final Answers<ClientDelta> misbehaviours = new Answers<>();

  Prevalidation(
      Genesis genesis,
      Families families,
      Hash32 parentRoot,
      BlockContext block,
      StateReader state,
      long units) {
    this.genesis = genesis;
    this.families = families;
    this.parentRoot = parentRoot;
    this.block = block;
    this.reads = new RememberedReads(state);
    this.left = new AtomicLong(units);
  }

  /** What a client is asked, without its state and budget. */
  private record Question(
      Kind kind, String clientType, ChainId chain, Bytes subject, Bytes value, Bytes proof) {}

  private enum Kind {
    MEMBERSHIP,
    ABSENCE,
    UPDATE,
    MISBEHAVIOUR
  }

  /** A client's work on some state. */
  private interface Work<T> {
    Verdict<T> on(ClientView view, Budget budget);
  }

  /**
   * @param read what stood under each key that the client looked at
   * @param units that it charged
   */
  private record Answer<T>(Map<Bytes, Optional<Bytes>> read, long units, Verdict<T> verdict) {
    boolean holds(ClientView view, Budget budget) {
      return units <= budget.left()
          && read.entrySet().stream()
              .allMatch(each -> view.get(each.getKey()).equals(each.getValue()));
    }
  }

  private final class Answers<T> {
    private final Map<Question, Answer<T>> known = new ConcurrentHashMap<>();

    Verdict<T> ask(Question question, ClientView view, Budget budget, Work<T> work) {
      Answer<T> answer = known.isEmpty() ? null : known.get(question);
      if (answer != null && answer.holds(view, budget) && budget.charge(answer.units())) {
        used.incrementAndGet();
        return answer.verdict();
      }
      return work.on(view, budget);
    }

    /** Not kept when the budget ran out: with more of it the answer may be another one. */
    void find(Question question, ClientView view, Work<T> work) {
      if (known.containsKey(question)) {
        return;
      }
      long allowed = Math.min(left.get(), genesis.parameters().transactionBudget());
      if (allowed <= 0) {
        return;
      }
      Map<Bytes, Optional<Bytes>> read = new HashMap<>();
      Budget budget = new Budget(allowed);
      Verdict<T> verdict = work.on(key -> read.computeIfAbsent(key, view::get), budget);
      long units = allowed - budget.left();
      left.addAndGet(-units);
      if (budget.left() > 0) {
        known.put(question, new Answer<>(Map.copyOf(read), units, verdict));
      }
    }
  }

  /** Whether this is about a block on the state with {@code root}, at the same block time. */
  boolean isFor(Hash32 root, BlockContext context) {
    return parentRoot.equals(root) && block.equals(context);
  }

  /** The state before the block; what was read of it is not read again. */
  StateReader reads() {
    return reads;
  }

  /** How many answers execution has used. */
  public int used() {
    return used.get();
  }

  /** Whether {@link #find} can do anything for a transaction. */
  public static boolean helps(Transaction transaction) {
    return switch (transaction.body()) {
      case TransactionBody.UpdateClient _,
          TransactionBody.SubmitMisbehaviour _,
          TransactionBody.SubmitDeposit _,
          TransactionBody.SubmitTakeBack _,
          TransactionBody.SubmitMessage _,
          TransactionBody.SubmitRelease _,
          TransactionBody.TimeoutPacket _ ->
          true;
      case TransactionBody.SubmitAttestedDeposit attested -> !attested.claim().proof().isEmpty();
      case TransactionBody.RegisterChain _,
          TransactionBody.AttestHeader _,
          TransactionBody.RegisterRoute _,
          TransactionBody.OpenTransfer _,
          TransactionBody.SignRelease _,
          TransactionBody.ClaimRefund _,
          TransactionBody.PlanSweep _,
          TransactionBody.AgreeSwap _,
          TransactionBody.Pause _,
          TransactionBody.Resume _,
          TransactionBody.Propose _,
          TransactionBody.Vote _,
          TransactionBody.ExecuteProposal _,
          TransactionBody.ValidatorReady _ ->
          false;
    };
  }

  /**
   * Asks now what executing {@code transaction} will ask of a light client. Any thread, and any
   * number of them. What fails here is left to execution, which meets it again.
   */
  public void find(Transaction transaction) {
    LedgerView view = new LedgerView(reads, genesis, families);
    try {
      switch (transaction.body()) {
        case TransactionBody.UpdateClient b -> findUpdate(view, b);
        case TransactionBody.SubmitMisbehaviour b -> findMisbehaviour(view, b);
        case TransactionBody.SubmitDeposit b -> findDeposit(view, b.transferId(), b.claim());
        case TransactionBody.SubmitAttestedDeposit b ->
            findDeposit(view, b.transferId(), b.claim());
        case TransactionBody.SubmitTakeBack b -> findDeposit(view, b.transferId(), b.claim());
        case TransactionBody.SubmitMessage b -> findFact(view, b.chain(), b.claim());
        case TransactionBody.TimeoutPacket b -> findTimeout(view, b);
        case TransactionBody.SubmitRelease b ->
            view.release(b.releaseId())
                .ifPresent(release -> findFact(view, release.chain(), b.claim()));
        case TransactionBody.RegisterChain _,
            TransactionBody.AttestHeader _,
            TransactionBody.RegisterRoute _,
            TransactionBody.OpenTransfer _,
            TransactionBody.SignRelease _,
            TransactionBody.ClaimRefund _,
            TransactionBody.PlanSweep _,
            TransactionBody.AgreeSwap _,
            TransactionBody.Pause _,
            TransactionBody.Resume _,
            TransactionBody.Propose _,
            TransactionBody.Vote _,
            TransactionBody.ExecuteProposal _,
            TransactionBody.ValidatorReady _ -> {}
      }
    } catch (TrestleException storage) {
      return; // execution reads the same and says so
    } catch (RuntimeException bugOfTheFamily) {
      return; // execution turns it into a refusal
    }
  }

  private void findDeposit(LedgerView view, Hash32 transferId, Claim claim) {
    if (!claim.proof().isEmpty()) {
      view.transfer(transferId)
          .map(TransferRecord::routeId)
          .flatMap(view::route)
          .map(RouteRecord::home)
          .ifPresent(home -> findFact(view, home, claim));
    }
  }

  private void findTimeout(LedgerView view, TransactionBody.TimeoutPacket body) {
    Optional<Packet> packet = view.packet(body.packetId()).map(PacketRecord::packet);
    Optional<LightClientFamily> far =
        packet.flatMap(each -> family(view, each.lane().destination()));
    Optional<Bytes> path =
        far.flatMap(LightClientFamily::timeouts)
            .flatMap(rules -> Timeouts.path(rules, packet.orElseThrow(), body.height()));
    if (path.isEmpty()) {
      return;
    }
    ChainId chain = packet.orElseThrow().lane().destination();
    Claim claim = new Claim(path.get(), body.value(), body.proof());
    if (body.value().isEmpty()) {
      facts.find(
          question(Kind.ABSENCE, far.orElseThrow(), chain, claim),
          view.clientView(chain),
          (state, budget) ->
              far.orElseThrow().client().nonMembership(state, claim.path(), claim.proof(), budget));
    } else {
      findFact(view, chain, claim);
    }
  }

  private void findFact(LedgerView view, ChainId chain, Claim claim) {
    family(view, chain)
        .ifPresent(
            family ->
                facts.find(
                    question(Kind.MEMBERSHIP, family, chain, claim),
                    view.clientView(chain),
                    (state, budget) -> family.client().membership(state, claim, budget)));
  }

  private void findUpdate(LedgerView view, TransactionBody.UpdateClient body) {
    family(view, body.chain())
        .ifPresent(
            family ->
                updates.find(
                    question(Kind.UPDATE, family, body.chain(), body.message()),
                    view.clientView(body.chain()),
                    (state, budget) ->
                        family.client().verify(state, body.message(), budget, block.seconds())));
  }

  private void findMisbehaviour(LedgerView view, TransactionBody.SubmitMisbehaviour body) {
    family(view, body.chain())
        .ifPresent(
            family ->
                misbehaviours.find(
                    question(Kind.MISBEHAVIOUR, family, body.chain(), body.evidence()),
                    view.clientView(body.chain()),
                    (state, budget) ->
                        family
                            .client()
                            .checkMisbehaviour(state, body.evidence(), budget, block.seconds())));
  }

  private Optional<LightClientFamily> family(LedgerView view, ChainId chain) {
    return view.chain(chain).map(ChainRecord::clientType).flatMap(families::get);
  }

  private static Question question(
      Kind kind, LightClientFamily family, ChainId chain, Claim claim) {
    return new Question(kind, family.type(), chain, claim.path(), claim.value(), claim.proof());
  }

  private static Question question(
      Kind kind, LightClientFamily family, ChainId chain, Bytes message) {
    return new Question(kind, family.type(), chain, message, Bytes.EMPTY, Bytes.EMPTY);
  }

  // what execution asks

  /** As {@link LightClient#membership}. */
  Verdict<ProvenFact> membership(Clients.Usable chain, Claim claim, Budget budget) {
    return facts.ask(
        question(Kind.MEMBERSHIP, chain.family(), chain.chain(), claim),
        chain.view(),
        budget,
        (state, units) -> chain.client().membership(state, claim, units));
  }

  /** As {@link LightClient#nonMembership}. */
  Verdict<ProvenFact> nonMembership(Clients.Usable chain, Claim claim, Budget budget) {
    return facts.ask(
        question(Kind.ABSENCE, chain.family(), chain.chain(), claim),
        chain.view(),
        budget,
        (state, units) -> chain.client().nonMembership(state, claim.path(), claim.proof(), units));
  }

  /** As {@link LightClient#verify}, at the time of the block. */
  Verdict<VerifiedUpdate> verify(Clients.Usable chain, Bytes message, Budget budget) {
    return updates.ask(
        question(Kind.UPDATE, chain.family(), chain.chain(), message),
        chain.view(),
        budget,
        (state, units) -> chain.client().verify(state, message, units, block.seconds()));
  }

  /** As {@link LightClient#checkMisbehaviour}, at the time of the block. */
  Verdict<ClientDelta> misbehaviour(
      LightClientFamily family, ChainId chain, ClientView view, Bytes evidence, Budget budget) {
    return misbehaviours.ask(
        question(Kind.MISBEHAVIOUR, family, chain, evidence),
        view,
        budget,
        (state, units) ->
            family.client().checkMisbehaviour(state, evidence, units, block.seconds()));
  }
}
