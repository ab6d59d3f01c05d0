package dev.trestle.notary;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.notary.CommitteeLedger.AttestedChain;
import dev.trestle.notary.CommitteeLedger.PlannedRelease;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One member of the committee: looks at the relay chain and at the connected chains through its own
 * nodes, attests headers and signs releases. Keeps nothing but the guard: it may be stopped at any
 * instruction. Methods block and exclude each other; for virtual threads.
 */
public final class CommitteeMember {
  private static final Logger LOG = LoggerFactory.getLogger(CommitteeMember.class);

  /** Codes of the usual course: the operator has nothing to do. */
  private static final Set<String> USUAL =
      Stream.<ReasonCode>of(
              NotaryCode.ALREADY_SENT,
              NotaryCode.NOT_SEEN,
              NotaryCode.NOT_FINAL,
              NotaryCode.PAUSED,
              RejectionCode.STALE_HEIGHT)
          .map(ReasonCode::code)
          .collect(Collectors.toUnmodifiableSet());

  private final CommitteeLedger ledger;
  private final MemberKeys keys;
  private final EquivocationGuard guard;
  private final Function<ChainId, Optional<ChainAdapter>> adapters;
  private final Map<String, LightClientFamily> families;
  private final ReleaseSigner signer;
  private final FeeLimit fees;
  private final Map<ChainId, Watched> watched = new TreeMap<>();
  private final Map<String, String> lastNotes = new TreeMap<>();
  private volatile Optional<Note> halt = Optional.empty();

  private record Watched(OwnView own, HeaderAttester attester, ChainAdapter adapter) {}

  /**
   * @param adapters the member's own connections; never another member's
   * @param families light-client families of this installation, by type
   */
  public CommitteeMember(
      CommitteeLedger ledger,
      MemberKeys keys,
      EquivocationGuard guard,
      Function<ChainId, Optional<ChainAdapter>> adapters,
      Map<String, LightClientFamily> families,
      SigningPolicy policy,
      SecureRandom random) {
    this.ledger = ledger;
    this.keys = keys;
    this.guard = guard;
    this.adapters = adapters;
    this.families = Map.copyOf(families);
    this.signer = new ReleaseSigner(keys, guard, policy, random);
    this.fees = new FeeLimit(policy.maxFeeRate());
  }

  /**
   * What came of one piece of work.
   *
   * @param subject chain or release
   * @param done whether something was signed and sent
   * @param code why not, or {@code signed}
   */
  public record Note(String subject, boolean done, String code, String detail) {}

  /**
   * Goes once through all that the relay chain asks for. Faults of one chain do not stop others.
   */
  public synchronized List<Note> run() {
    List<Note> notes = new ArrayList<>();
    fees.look(ledger.routeFees());
    if (halt.isEmpty()) {
      List<PlannedRelease> releases =
          ledger.plannedReleases().stream()
              .sorted(Comparator.comparing(PlannedRelease::id))
              .toList();
      // A sweep asks no other chain and has a time by which it must be done: it comes before all
      // that may wait for a node.
      releases.stream().filter(CommitteeMember::isSweep).forEach(sweep -> sign(notes, sweep));
      for (AttestedChain chain : ledger.attestedChains()) {
        guarded(notes, chain.chain().toString(), () -> attest(chain));
      }
      releases.stream().filter(release -> !isSweep(release)).forEach(payout -> sign(notes, payout));
    }
    halt.ifPresent(notes::add);
    notes.forEach(this::log);
    lastNotes.keySet().retainAll(notes.stream().map(Note::subject).collect(Collectors.toSet()));
    return notes;
  }

  /**
   * Signs one header on request, with all checks: for registering a chain, when its client is not
   * on the relay chain yet.
   */
  public synchronized Verdict<EcdsaSignature> attest(AttestedChain chain, long height) {
    if (halt.isPresent()) {
      return Verdict.later(NotaryCode.HALTED_BY_OPERATOR, halt.get().detail());
    }
    Verdict<Watched> prepared = prepare(chain);
    if (!(prepared instanceof Verdict.Accepted<Watched>(Watched means))) {
      return prepared.then(ignored -> Verdict.later(NotaryCode.OWN_NODE_UNAVAILABLE, "no means"));
    }
    try {
      long finalHeight =
          dev.trestle.adapter.Async.await(means.adapter().headers().finalized()).ref().height();
      return means
          .attester()
          .attest(chain, height, finalHeight, Optional.empty())
          .then(signed -> Verdict.accept(signed.signature()));
    } catch (AdapterException e) {
      return Verdict.later(NotaryCode.OWN_NODE_UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  /**
   * By route, as of the last run: whether this member's limit on fees lets it sign its sweeps and
   * payouts.
   */
  public Map<Hash32, Boolean> routes() {
    return fees.routes();
  }

  /** Stops all signing until the process is started again. */
  public synchronized void halt(String why) {
    halt(NotaryCode.HALTED_BY_OPERATOR, why);
  }

  /** Why nothing is signed, if so. Does not wait for a run. */
  public Optional<Note> halted() {
    return halt;
  }

  private void halt(ReasonCode code, String why) {
    if (halt.isEmpty()) {
      halt = Optional.of(new Note("member", false, code.code(), why));
    }
  }

  private Optional<Note> attest(AttestedChain chain) {
    String subject = chain.chain().toString();
    if (ledger.isPaused(chain.chain())) {
      return Optional.of(new Note(subject, false, NotaryCode.PAUSED.code(), "chain"));
    }
    Verdict<Watched> prepared = watch(chain);
    if (!(prepared instanceof Verdict.Accepted<Watched>(Watched means))) {
      return Optional.of(note(subject, prepared));
    }
    means.own().advance();
    int member = member();
    Optional<Verdict<HeaderAttester.Signed>> attested =
        means
            .attester()
            .attestNext(
                chain, means.own(), height -> ledger.ownAttestation(chain.chain(), height, member));
    return attested.map(
        verdict -> {
          if (verdict
              instanceof Verdict.Accepted<HeaderAttester.Signed>(HeaderAttester.Signed signed)) {
            ledger.submitAttestation(
                chain.chain(), signed.header().raw(), signed.member(), signed.signature());
          }
          return note(subject, verdict);
        });
  }

  private void sign(List<Note> notes, PlannedRelease release) {
    String subject = "release " + release.id();
    guarded(notes, subject, () -> sign(subject, release));
  }

  private Optional<Note> sign(String subject, PlannedRelease release) {
    Optional<CustodyRules> rules =
        Optional.ofNullable(families.get(release.homeClientType()))
            .flatMap(LightClientFamily::custody);
    // Not watched: paused, or out of reach, ever since the member started. Sweeps and merges go on
    // without.
    Optional<ReleaseSigner.Destination> destination =
        Optional.ofNullable(watched.get(release.destination()))
            .map(means -> new ReleaseSigner.Destination(means.own(), means.adapter()));
    if (rules.isEmpty()) {
      return Optional.of(
          new Note(subject, false, NotaryCode.UNKNOWN_FAMILY.code(), release.homeClientType()));
    }
    if (destination.isEmpty() && release.pays()) {
      String detail = release.destination() + " is not watched";
      return Optional.of(new Note(subject, false, NotaryCode.OWN_NODE_UNAVAILABLE.code(), detail));
    }
    Verdict<ReleaseSigner.Signed> verdict =
        signer.sign(ledger, release, new ReleaseSigner.Means(rules.get(), destination));
    if (verdict instanceof Verdict.Accepted<ReleaseSigner.Signed>(ReleaseSigner.Signed signed)) {
      ledger.submitSignatures(release.id(), signed.member(), signed.signatures());
    }
    return Optional.of(note(subject, verdict));
  }

  private static boolean isSweep(PlannedRelease release) {
    return release.reason() instanceof CommitteeLedger.Reason.Sweep;
  }

  private Verdict<Watched> watch(AttestedChain chain) {
    Watched known = watched.get(chain.chain());
    if (known != null) {
      return known.own().bridge().equals(chain.bridge())
          ? Verdict.accept(known)
          : Verdict.reject(NotaryCode.BRIDGE_CHANGED, chain.bridge().toHex());
    }
    return prepare(chain)
        .then(
            means -> {
              watched.put(chain.chain(), means);
              return Verdict.accept(means);
            });
  }

  private Verdict<Watched> prepare(AttestedChain chain) {
    Optional<LightClientFamily> family = Optional.ofNullable(families.get(chain.clientType()));
    Optional<ChainAdapter> adapter = adapters.apply(chain.chain());
    if (adapter.isEmpty()) {
      return Verdict.later(NotaryCode.OWN_NODE_UNAVAILABLE, "no adapter for " + chain.chain());
    }
    if (family.isEmpty()
        || family.get().messages().isEmpty()
        || family.get().attestations().isEmpty()) {
      return Verdict.reject(NotaryCode.UNKNOWN_FAMILY, chain.clientType());
    }
    return Verdict.accept(
        new Watched(
            new OwnView(
                adapter.get(), family.get().messages().get(), chain.bridge(), chain.firstHeight()),
            new HeaderAttester(
                keys, guard, adapter.get(), family.get(), family.get().attestations().get()),
            adapter.get()));
  }

  private int member() {
    Hash32 own = keys.custody().publicKey().xOnly();
    return ledger.committee().members().indexOf(own);
  }

  /** One subject's fault is a note; a fault of the guard stops everything. */
  private void guarded(
      List<Note> notes, String subject, java.util.function.Supplier<Optional<Note>> work) {
    if (halt.isPresent()) {
      return;
    }
    try {
      work.get().ifPresent(notes::add);
    } catch (AdapterException e) {
      notes.add(new Note(subject, false, e.code().code(), String.valueOf(e.getMessage())));
    } catch (TrestleException e) {
      notes.add(new Note(subject, false, e.code().code(), String.valueOf(e.getMessage())));
      if (e.code() instanceof NotaryCode) {
        halt(e.code(), String.valueOf(e.getMessage()));
      }
    }
  }

  private Note note(String subject, Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> ignored -> new Note(subject, true, "signed", "");
      case Verdict.Ignored<?>(ReasonCode reason, String detail) ->
          new Note(subject, false, reason.code(), detail);
      case Verdict.Later<?>(ReasonCode reason, String detail) ->
          new Note(subject, false, reason.code(), detail);
      case Verdict.Rejected<?>(ReasonCode reason, String detail) -> {
        if (reason == NotaryCode.GUARD_ROLLED_BACK || reason == NotaryCode.OWN_SIGNATURE_INVALID) {
          halt(reason, detail);
        }
        yield new Note(subject, false, reason.code(), detail);
      }
    };
  }

  /** Says each thing once, not at every run; loudly what is no part of the usual course. */
  private void log(Note note) {
    if (!note.code().equals(lastNotes.put(note.subject(), note.code())) || note.done()) {
      LOG.atLevel(note.done() || USUAL.contains(note.code()) ? Level.INFO : Level.WARN)
          .log("{}: {} {}", note.subject(), note.code(), note.detail());
    }
  }
}
