package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.x509.X509PublicKey;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the trusted notary signed a transaction, and what it consumes ({@code
 * FilteredTransaction.verify}, {@code checkAllComponentsVisible}, {@code NotaryServiceFlow}; {@code
 * Crypto.isValid} and {@code CompositeKey.isFulfilledBy}).
 *
 * <p>A node is a hash of 64 bytes, a component's leaf one of 32 bytes. So a group that is known to
 * be a single leaf stands at one level of the tree only, and with it all other groups do.
 *
 * <p>{@link #spend} rejects with {@code budget-exceeded}, {@code branch-length} (more groups than
 * allowed), {@code notary-mismatch}, {@code parameters-mismatch}, {@code inputs-incomplete} and
 * {@code state-consumed} (an input twice). {@link #signed} rejects with {@code budget-exceeded},
 * {@code duplicate-signer}, {@code malformed} (signatures out of order), {@code unknown-signer} (no
 * key at that place), {@code signature-metadata}, {@code batch-tree}, {@code bad-signature} and
 * {@code quorum-low}.
 *
 * <p>Corda {@code NotaryServiceFlow.kt} and {@code TransactionSignature.kt}.
 */
final class NotaryRules {
  /** Hashes of a leaf, those of its place in the tree included. */
  private static final long LEAF = 4;

  private NotaryRules() {}

  /**
   * What a transaction consumes.
   *
   * @param id of the transaction
   * @param inputs SHA-256 of each serialised reference to a state, all different
   */
  record Spend(Hash32 id, List<Hash32> inputs) {
    Spend {
      inputs = List.copyOf(inputs);
    }
  }

  /** The structure alone; nothing is known to be signed yet. */
  static Verdict<Spend> spend(CordaRules rules, NotarisedTransaction transaction, Budget budget) {
    long hashes = GroupHashes.MAX + LEAF * (rules.parameters().size() + 1);
    long inputs = LEAF * transaction.inputs().size();
    if (!budget.charge(rules.units() + Budget.HASH * (hashes + inputs))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before hashing");
    }
    GroupHashes groups = transaction.groups();
    if (groups.count() > rules.maxGroups()) {
      return Verdict.reject(RejectionCode.BRANCH_LENGTH, groups.count() + " groups");
    }
    Hash32 notary = CordaTree.leaf(transaction.notaryNonce(), rules.party());
    if (!groups.of(ComponentGroup.NOTARY).equals(notary)) {
      return Verdict.reject(CordaCode.NOTARY_MISMATCH, "not the trusted notary's alone");
    }
    Hash32 parameters = groups.of(ComponentGroup.PARAMETERS);
    if (rules.parameters().stream()
        .map(each -> CordaTree.leaf(transaction.parametersNonce(), each))
        .noneMatch(parameters::equals)) {
      return Verdict.reject(CordaCode.PARAMETERS_MISMATCH, "under other network parameters");
    }
    return inputs(transaction).then(all -> Verdict.accept(new Spend(groups.id(), all)));
  }

  private static Verdict<List<Hash32>> inputs(NotarisedTransaction transaction) {
    List<Hash32> leaves = new ArrayList<>();
    List<Hash32> references = new ArrayList<>();
    for (NotarisedTransaction.Input each : transaction.inputs()) {
      leaves.add(CordaTree.leaf(each.nonce(), each.component()));
      references.add(Digests.sha256(each.component()));
    }
    Hash32 root = leaves.isEmpty() ? CordaTree.ABSENT : CordaTree.root(leaves);
    if (!transaction.groups().of(ComponentGroup.INPUTS).equals(root)) {
      return Verdict.reject(CordaCode.INPUTS_INCOMPLETE, "the inputs have the root " + root);
    }
    return new HashSet<>(references).size() == references.size()
        ? Verdict.accept(references)
        : Verdict.reject(CordaCode.STATE_CONSUMED, "an input twice");
  }

  /** Whether enough of the notary's keys signed {@code id}. All signatures must be good. */
  static Verdict<Hash32> signed(
      CordaRules rules, NotarisedTransaction transaction, Hash32 id, Budget budget) {
    if (!budget.charge(Messages.units(rules.key()))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding the key");
    }
    CordaKey key = rules.decodedKey();
    List<X509PublicKey> members = key.keys();
    Set<Integer> signers = new HashSet<>();
    int last = -1;
    for (NotarySignature each : transaction.signatures()) {
      if (each.place() <= last) {
        return each.place() == last
            ? Verdict.reject(RejectionCode.DUPLICATE_SIGNER, "key " + last)
            : Verdict.reject(RejectionCode.MALFORMED, "signatures out of order");
      }
      last = each.place();
      if (last >= members.size()) {
        return Verdict.reject(RejectionCode.UNKNOWN_SIGNER, "key " + last);
      }
      Verdict<Hash32> good = signed(rules, members.get(last), each, id, budget);
      if (!good.isAccepted()) {
        return good;
      }
      signers.add(last);
    }
    return key.isFulfilledBy(signers)
        ? Verdict.accept(id)
        : Verdict.reject(RejectionCode.QUORUM_LOW, signers.size() + " keys signed");
  }

  private static Verdict<Hash32> signed(
      CordaRules rules, X509PublicKey key, NotarySignature signature, Hash32 id, Budget budget) {
    if (signature.batch().isPresent()
        && (!rules.batches() || signature.batch().get().depth() == 0)) {
      return Verdict.reject(CordaCode.BATCH_TREE, "no batch is allowed, or one of one");
    }
    return rules
        .form(signature)
        .<Verdict<SignableForm>>map(Verdict::accept)
        .orElseGet(
            () ->
                Verdict.reject(
                    CordaCode.SIGNATURE_METADATA,
                    "platform version " + signature.platformVersion() + ", " + signature.scheme()))
        .then(
            form -> {
              Bytes message = form.message(id);
              if (!budget.charge(Budget.SIGNATURE + Messages.units(message))) {
                return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before a signature");
              }
              return SignedId.verify(key, form, id, signature.batch(), signature.signature());
            });
  }
}
