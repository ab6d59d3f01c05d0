package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.lightclient.AttestationRules;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.relay.ledger.record.AttestationRecord;
import dev.trestle.relay.ledger.record.AttestedHash;
import dev.trestle.relay.ledger.record.CommitteeRecord;
import dev.trestle.relay.ledger.record.EquivocationRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.state.StateReader;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Collects members' attestations of headers and applies a header once enough have signed it. */
final class Attestations {
  /** How far above the client's head a header may be. */
  static final long MAX_AHEAD = 10_000;

  /** How long below the head a member's attestations are kept to convict it. */
  static final long KEEP_BELOW = 1_000;

  /** Old entries that one transaction clears away. */
  static final int MAX_PRUNE = 64;

  private Attestations() {}

  static Outcome attest(Execution x, TransactionBody.AttestHeader body) {
    Verdict<Clients.Usable> usable = Clients.usable(x, body.chain());
    if (!(usable instanceof Verdict.Accepted<Clients.Usable>(Clients.Usable chain))) {
      return Outcome.refuse(usable);
    }
    Optional<AttestationRules> rules = chain.family().attestations();
    if (rules.isEmpty()) {
      return Outcome.refuse(LedgerCode.NOT_ATTESTED, chain.record().clientType());
    }
    CommitteeRecord committee = x.view().committee();
    if (body.member() >= committee.attestKeys().size()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_MEMBER, "member " + body.member());
    }
    if (x.view().suspension(body.member()).isPresent()) {
      return Outcome.refuse(LedgerCode.MEMBER_SUSPENDED, "member " + body.member());
    }
    Verdict<AttestationRules.Target> read =
        Clients.guarded(() -> rules.get().target(chain.view(), body.header()));
    if (!(read instanceof Verdict.Accepted<AttestationRules.Target>(AttestationRules.Target t))) {
      return Outcome.refuse(read);
    }
    return judge(x, Committees.follow(x, chain, rules.get(), body, t), rules.get(), body);
  }

  private static Outcome judge(
      Execution x,
      Clients.Usable chain,
      AttestationRules rules,
      TransactionBody.AttestHeader body) {
    Verdict<AttestationRules.Target> read =
        Clients.guarded(() -> rules.target(chain.view(), body.header()));
    if (!(read instanceof Verdict.Accepted<AttestationRules.Target>(AttestationRules.Target t))) {
      return Outcome.refuse(read);
    }
    // The client's committee was set by the anchor; it must be one that this chain knows.
    Optional<List<PublicKey>> keys = x.view().committee().keysOf(t.epoch(), x.block().timeMillis());
    if (keys.isEmpty()
        || t.members() != keys.get().size()
        || t.threshold() < x.genesis().committee().threshold()) {
      return Outcome.refuse(LedgerCode.WRONG_EPOCH, "the client trusts another committee");
    }
    if (!isSignedBy(x, chain, body, t, keys.get().get(body.member()))) {
      return Outcome.refuse(LedgerCode.BAD_ATTESTATION, "member " + body.member());
    }
    if (t.header().height() > chain.record().headHeight() + MAX_AHEAD) {
      return Outcome.refuse(LedgerCode.STALE_HEIGHT, "too far ahead");
    }
    Optional<AttestedHash> before =
        x.view()
            .attested(body.chain(), t.header().height(), body.member())
            .filter(each -> each.epoch() == t.epoch());
    if (before.isPresent()) {
      return before.get().blockHash().equals(t.header().id())
          ? Outcome.refuse(LedgerCode.ALREADY_ATTESTED, "member " + body.member())
          : convict(x, body, t, before.get());
    }
    return collect(x, chain, rules, body, t);
  }

  private static boolean isSignedBy(
      Execution x,
      Clients.Usable chain,
      TransactionBody.AttestHeader body,
      AttestationRules.Target target,
      PublicKey key) {
    if (!x.budget().charge(2 * Budget.SIGNATURE)) {
      return false;
    }
    boolean mine = x.recover(body.signature(), target.digest()).filter(key::equals).isPresent();
    Question<Integer> signed =
        new Question.Signer(chain.family(), chain.chain(), body.header(), body.signature());
    return mine
        && x.ask(signed, chain.view()) instanceof Verdict.Accepted<Integer>(Integer signer)
        && signer == body.member();
  }

  /** Two blocks at one height: the attestation is refused, the proof stays, the member is out. */
  private static Outcome convict(
      Execution x,
      TransactionBody.AttestHeader body,
      AttestationRules.Target target,
      AttestedHash before) {
    HeaderRef header = target.header();
    x.put(
        StateKeys.suspended(body.member()),
        new EquivocationRecord(
                body.member(),
                body.chain(),
                target.epoch(),
                header.height(),
                before.blockHash(),
                before.signature(),
                header.id(),
                body.signature(),
                x.block().height())
            .encode());
    x.emit(
        new LedgerEvent.MemberSuspended(
            body.member(), body.chain(), header.height(), before.blockHash(), header.id()));
    return new Outcome.Evidence(LedgerCode.EQUIVOCATION, "member " + body.member());
  }

  private static Outcome collect(
      Execution x,
      Clients.Usable chain,
      AttestationRules rules,
      TransactionBody.AttestHeader body,
      AttestationRules.Target target) {
    HeaderRef header = target.header();
    Bytes key = StateKeys.attestation(body.chain(), header.height(), header.id());
    AttestationRecord pending =
        x.view()
            .value(key)
            .map(AttestationRecord::decode)
            .filter(collected -> collected.epoch() == target.epoch())
            .orElseGet(
                () ->
                    new AttestationRecord(
                        body.chain(),
                        target.epoch(),
                        header.height(),
                        header.id(),
                        body.header(),
                        List.of()))
            .plus(body.member(), body.signature());
    x.put(
        StateKeys.attested(body.chain(), header.height(), body.member()),
        new AttestedHash(target.epoch(), header.id(), body.signature()).encode());
    x.put(key, pending.encode());
    TreeMap<Integer, EcdsaSignature> counted = new TreeMap<>();
    for (AttestationRecord.MemberSignature each : pending.signatures()) {
      if (x.view().suspension(each.member()).isEmpty()) {
        counted.put(each.member(), each.signature());
      }
    }
    x.emit(
        new LedgerEvent.HeaderAttested(
            body.chain(), header.height(), header.id(), body.member(), counted.size()));
    if (counted.size() < target.threshold()) {
      return Outcome.APPLIED;
    }
    Verdict<Bytes> composed =
        Clients.guarded(() -> rules.compose(chain.view(), pending.header(), counted));
    if (!(composed instanceof Verdict.Accepted<Bytes>(Bytes message))) {
      return Outcome.refuse(composed);
    }
    Outcome updated = Clients.update(x, chain, message);
    if (updated instanceof Outcome.Applied) {
      prune(x, chain, header.height());
    }
    return updated;
  }

  /**
   * The height that was settled needs no more attestations; what lies far below the head is
   * forgotten, pending headers and the record of who attested what alike.
   */
  private static void prune(Execution x, Clients.Usable chain, long settled) {
    Bytes sameHeight = StateKeys.attestations(chain.chain(), settled);
    for (StateReader.Entry entry : x.overlay().scan(sameHeight, Bytes.EMPTY, MAX_PRUNE)) {
      x.overlay().delete(entry.key());
    }
    long keepFrom = chain.head().height() - KEEP_BELOW;
    if (keepFrom <= 0) {
      return;
    }
    ChainId id = chain.chain();
    pruneBelow(x, StateKeys.attestations(id), StateKeys.attestations(id, keepFrom));
    pruneBelow(x, StateKeys.attested(id), StateKeys.attested(id, keepFrom, 0));
  }

  private static void pruneBelow(Execution x, Bytes prefix, Bytes end) {
    for (StateReader.Entry entry : x.overlay().scan(prefix, Bytes.EMPTY, MAX_PRUNE)) {
      if (entry.key().compareTo(end) >= 0) {
        return;
      }
      x.overlay().delete(entry.key());
    }
  }
}
