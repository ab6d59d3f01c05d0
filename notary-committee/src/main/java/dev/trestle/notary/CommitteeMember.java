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
import dev.trestle.notary.CommitteeLedger.AttestedChain;
import dev.trestle.notary.CommitteeLedger.PlannedRelease;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of the committee: looks at the relay chain and at the connected chains through its own
 * nodes, attests headers and signs releases. Keeps nothing but the guard: it may be stopped at any
 * instruction. Methods block and exclude each other; for virtual threads.
 */
public final class CommitteeMember {
  private static final Logger LOG = LoggerFactory.getLogger(CommitteeMember.class);

  /** A sweep asks no other chain and has a time by which it must be done; payouts can wait. */
  private static final Comparator<PlannedRelease> SWEEPS_FIRST =
      Comparator.comparing((PlannedRelease release) -> !isSweep(release))
          .thenComparing(PlannedRelease::id);

  private final CommitteeLedger ledger;
  private final MemberKeys keys;
  private final EquivocationGuard guard;
  private final Function<ChainId, Optional<ChainAdapter>> adapters;
  private final Map<String, LightClientFamily> families;
  private final ReleaseSigner signer;
  private final Map<ChainId, Watched> watched = new TreeMap<>();
  private final Map<String, String> lastNotes = new TreeMap<>();
  private Optional<Note> halt = Optional.empty();

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
    if (halt.isEmpty()) {
      for (AttestedChain chain : ledger.attestedChains()) {
        guarded(notes, chain.chain().toString(), () -> attest(chain));
      }
      List<PlannedRelease> releases =
          ledger.plannedReleases().stream().sorted(SWEEPS_FIRST).toList();
      for (PlannedRelease release : releases) {
        guarded(notes, "release " + release.id(), () -> sign(release));
      }
    }
    halt.ifPresent(notes::add);
    notes.forEach(this::log);
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

  /** Stops all signing until the process is started again. */
  public synchronized void halt(String why) {
    halt(NotaryCode.HALTED_BY_OPERATOR, why);
  }

  /** Why nothing is signed, if so. */
  public synchronized Optional<Note> halted() {
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

  private Optional<Note> sign(PlannedRelease release) {
    String subject = "release " + release.id();
    Optional<CustodyRules> rules =
        Optional.ofNullable(families.get(release.homeClientType()))
            .flatMap(LightClientFamily::custody);
    // A chain that was paused when the member started is not watched. Sweeps go on without.
    Optional<ReleaseSigner.Destination> destination =
        Optional.ofNullable(watched.get(release.destination()))
            .map(means -> new ReleaseSigner.Destination(means.own(), means.adapter()));
    if (rules.isEmpty() || (destination.isEmpty() && !isSweep(release))) {
      return Optional.of(
          new Note(subject, false, NotaryCode.UNKNOWN_FAMILY.code(), "no rules or no own view"));
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

  /** Says each thing once, not at every run. */
  private void log(Note note) {
    if (!note.code().equals(lastNotes.put(note.subject(), note.code())) || note.done()) {
      LOG.info("{}: {} {}", note.subject(), note.code(), note.detail());
    }
  }
}
