package dev.trestle.dist.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.DomainTag;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.musig.Musig2;
import dev.trestle.dist.replay.Context.Dimension;
import dev.trestle.relay.consensus.StatementKind;
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.Ledger;
import dev.trestle.relay.ledger.state.InMemoryKeyValueStore;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What is signed for one relay chain, epoch, chain, policy, number or purpose is worth nothing
 * where another is meant. The rows are in {@link SignedObjects}; whoever adds something that is
 * signed, and no row, fails {@link #everySignatureHasARow}.
 */
class ReplayMatrixTest {
  private static final List<SignedObject> ROWS = SignedObjects.all();

  /** Not on the way of anything real. */
  private static final List<String> ELSEWHERE =
      List.of(".bench.", ".simulation.", ".adapter.sim.", ".crypto.");

  /** Who makes signatures, and the row that shows what they are worth. */
  private static final Map<String, String> SIGNERS =
      Map.ofEntries(
          Map.entry(
              "adapter.bitcoin.TransactionSigner", "Bitcoin's own: an outpoint is spent once"),
          Map.entry("adapter.bitcoin.TaprootSigner", "Bitcoin's own: an outpoint is spent once"),
          Map.entry("adapter.bitcoin.TaprootHtlc", "Bitcoin's own: an outpoint is spent once"),
          Map.entry(
              "adapter.bitcoin.CooperativeSigning", "Bitcoin's own: an outpoint is spent once"),
          Map.entry("adapter.ethereum.TransactionSigner", "EVM's own: EIP-155 names the chain"),
          // HtlcSignaturesTest and, at the contract, attack 17 of HtlcAttacks.t.sol
          Map.entry(
              "adapter.ethereum.HtlcSignatures",
              "EVM's own: EIP-712 names chain, contract and lock"),
          Map.entry("dist.devnet.Registrations", "approval: registerChain"),
          Map.entry("sdk.SwapParty", "offer"),
          Map.entry("lightclient.attested.HeaderAttestation", "attestation"),
          Map.entry("notary.HeaderAttester", "attestation"),
          Map.entry("notary.ReleaseSigner", "release"),
          Map.entry("relay.ledger.tx.Transaction", "transaction: Vote"),
          Map.entry("relay.node.GuardedSigner", "statement: COMMIT"),
          Map.entry("htlc.SwapTerms", "swap terms between parties"));

  /** Who makes domain tags, and how many. */
  private static final Map<String, Integer> TAGS =
      Map.of(
          "sdk.SwapForms", 1,
          "htlc.SwapTerms", 1,
          "lightclient.attested.HeaderAttestation", 1,
          "relay.consensus.StatementKind", 1,
          "relay.ledger.tx.Approvals", 7,
          "relay.ledger.tx.Transaction", 1,
          "relay.verifier.Certificate", 1,
          // hashed only, never signed
          "relay.consensus.ValidatorSet", 1,
          "relay.verifier.RelayChainClient", 1,
          "relay.ledger.Genesis", 1);

  @Test
  void whatIsSignedHereIsGoodHere() {
    for (SignedObject row : ROWS) {
      assertThat(row.accepts().test(Context.HERE, Context.HERE)).as(row.name()).isTrue();
    }
  }

  @Test
  void itIsRefusedInEveryOtherContextThatItIsBoundTo() {
    for (SignedObject row : ROWS) {
      assertThat(row.replayable()).as(row.name()).isEqualTo(row.free().keySet());
    }
    long refused = (long) ROWS.size() * Dimension.values().length;
    int free = ROWS.stream().mapToInt(row -> row.free().size()).sum();
    System.out.printf(
        "%d signed objects in %d other contexts: %d refused, %d not bound with a reason%n",
        ROWS.size(), Dimension.values().length, refused - free, free);
  }

  @Test
  void itIsRefusedAsAnythingElse() {
    List<SignedObject> single = ROWS.stream().filter(row -> row.digest().isPresent()).toList();
    assertThat(single.size()).isGreaterThan(30);
    PublicKey key = Context.HERE.key().publicKey();
    List<Hash32> digests = single.stream().map(ReplayMatrixTest::digest).toList();
    for (int i = 0; i < single.size(); i++) {
      EcdsaSignature signature = Secp256k1.instance().signEcdsa(digests.get(i), Context.HERE.key());
      for (int j = 0; j < single.size(); j++) {
        assertThat(
                Secp256k1.instance()
                    .recover(signature, digests.get(j))
                    .filter(key::equals)
                    .isPresent())
            .as("%s as %s", single.get(i).name(), single.get(j).name())
            .isEqualTo(i == j);
      }
    }
  }

  private static Hash32 digest(SignedObject row) {
    return row.digest().orElseThrow().apply(Context.HERE);
  }

  /** Byte for byte, at the ledger of another relay chain. */
  @Test
  void aLedgerRefusesTransactionsOfAnotherRelayChain() {
    Ledger here = ledger("here");
    Ledger there = ledger("there");
    for (TransactionBody body : Bodies.all(Context.HERE)) {
      Transaction signed = Transaction.sign(here.chainId(), Context.HERE.key(), 0, body);
      assertThat(here.check(signed.encode()).isAccepted()).as(body.toString()).isTrue();
      assertThat(there.check(signed.encode()).toString()).contains("WRONG_RELAY_CHAIN");
    }
  }

  private static Ledger ledger(String name) {
    Context c = Context.HERE;
    List<Genesis.NotaryMember> members =
        c.keys().stream()
            .map(key -> new Genesis.NotaryMember(key.publicKey().xOnly(), key.publicKey()))
            .toList();
    Genesis genesis =
        new Genesis(
            name,
            1_000,
            c.keys().stream().map(k -> new Genesis.Validator(k.publicKey(), c.subject())).toList(),
            new Genesis.Governance(c.keys().stream().map(k -> k.publicKey()).toList(), 3),
            new Genesis.NotaryCommittee(0, members, 3),
            Genesis.Parameters.DEFAULT);
    return Ledger.open(genesis, Families.of(List.of()), new InMemoryKeyValueStore());
  }

  @Test
  void everySignatureHasARow() {
    Set<String> names = ROWS.stream().map(SignedObject::name).collect(Collectors.toSet());
    assertThat(names).as("no row twice").hasSize(ROWS.size());
    List<String> wanted = new ArrayList<>();
    for (StatementKind kind : StatementKind.values()) {
      wanted.add("statement: " + kind);
    }
    for (Class<?> body : TransactionBody.class.getPermittedSubclasses()) {
      if (body != TransactionBody.Propose.class) {
        wanted.add("transaction: " + body.getSimpleName());
      }
    }
    for (Class<?> action : GovernanceAction.class.getPermittedSubclasses()) {
      wanted.add("transaction: Propose " + action.getSimpleName());
    }
    for (Method method : Approvals.class.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())) {
        wanted.add("approval: " + method.getName());
      }
    }
    assertThat(names).containsAll(wanted);

    JavaClasses production =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.trestle");
    Set<String> signers =
        new TreeSet<>(callers(production, Secp256k1.class, "signEcdsa", "signSchnorr").keySet());
    signers.addAll(callers(production, Musig2.class, "sign", "signLast").keySet());
    assertThat(signers).isEqualTo(SIGNERS.keySet());
    assertThat(callers(production, DomainTag.class, "of", "<init>")).isEqualTo(TAGS);
    SIGNERS.values().stream()
        .filter(row -> !row.contains("'s own:"))
        .forEach(row -> assertThat(names).contains(row));
  }

  private static Map<String, Integer> callers(
      JavaClasses production, Class<?> target, String... methods) {
    Map<String, Integer> callers = new TreeMap<>();
    for (var each : production) {
      for (JavaMethodCall call : each.getMethodCallsFromSelf()) {
        String name = each.getName().substring("dev.trestle.".length());
        boolean counts =
            call.getTargetOwner().isEquivalentTo(target)
                && Arrays.asList(methods).contains(call.getName())
                && ELSEWHERE.stream().noneMatch(("." + name)::contains);
        if (counts) {
          callers.merge(name, 1, Integer::sum);
        }
      }
    }
    return callers;
  }

  /** Controls: an object that forgets its relay chain is found, one that is bound to all is not. */
  @Test
  void theMatrixNoticesWhatIsNotBound() {
    SignedObject forgetful =
        SignedObject.of("forgetful", c -> Context.hash(c.subject() + " " + c.epochNumber()));
    assertThat(forgetful.replayable()).containsExactly(Dimension.HUB);
    SignedObject bound = SignedObject.of("bound", c -> Context.hash(c + ""));
    assertThat(bound.replayable()).isEmpty();
  }
}
