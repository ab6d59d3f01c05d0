package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.bitcoin.script.DerSignature;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.script.ScriptBuilder;
import dev.trestle.lightclient.bitcoin.script.ScriptReader;
import dev.trestle.lightclient.bitcoin.script.ScriptReader.Operation;
import dev.trestle.lightclient.bitcoin.script.SigHash;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether a block solves its signet's challenge (BIP-325), by the rules that nodes apply there:
 * BIP-16, BIP-66, BIP-141 and BIP-147, and not BIP-341. Signatures are ECDSA over everything (hash
 * type ALL).
 *
 * <p>Refused with the codes of {@link SignetCode}. Nodes also take what no signer of a signet
 * makes: other operations than pushes before a bare challenge, other hash types, uncompressed keys.
 * All that is refused with {@link SignetCode#SOLUTION_NOT_SUPPORTED}. Everything else that nodes
 * refuse is refused with {@link SignetCode#BAD_SOLUTION}, {@link SignetCode#NO_SOLUTION} or a code
 * of {@link SignetTransactions#of}. The solution does not commit to the block's nonce or to itself:
 * who has a solved block can make another one with the same transactions, at the cost of its proof
 * of work.
 */
public final class SignetSolution {
  /** Hashes of 64 bytes that a coinbase takes for each of its bytes' blocks: two roots, a txid. */
  private static final long PASSES = 4;

  private static final int SHA256_BLOCK = 64;

  /** Bytes of a script, and elements on the stack, that nodes take at most. */
  private static final int MAX_SCRIPT = 10_000;

  private static final int MAX_STACK = 1_000;

  private SignetSolution() {}

  /** Work units of {@link #verify}, for a header with so many bytes of coinbase and siblings. */
  public static long units(SignetChallenge challenge, int bytes) {
    long hashes = PASSES * (bytes / SHA256_BLOCK + 2L * MerkleBranch.MAX_DEPTH);
    return challenge.form().checks() * Budget.SIGNATURE + Budget.HASH * hashes;
  }

  /** Accepts a whole block with a solution. */
  public static Verdict<BlockHeader> verify(FullBlock block, SignetChallenge challenge) {
    return verify(SignetHeader.of(block), challenge);
  }

  /**
   * Accepts a header with a solution. Neither its proof of work nor anything else of the block is
   * checked. A genesis block has no solution: ask for the others only.
   */
  public static Verdict<BlockHeader> verify(SignetHeader block, SignetChallenge challenge) {
    return SignetTransactions.of(block, challenge)
        .then(
            transactions -> {
              if (!transactions.solved()) {
                return Verdict.reject(SignetCode.NO_SOLUTION, block.header().toString());
              }
              return run(transactions.toSign(), challenge)
                  .map(code -> Verdict.<BlockHeader>reject(code, block.header().toString()))
                  .orElseGet(() -> Verdict.accept(block.header()));
            });
  }

  /** Empty when the solution satisfies the challenge. */
  private static Optional<SignetCode> run(BitcoinTransaction toSign, SignetChallenge challenge) {
    TxInput solution = toSign.inputs().getFirst();
    return switch (challenge.form()) {
      case SignetChallenge.Keys keys -> {
        if (!solution.witness().isEmpty()) {
          yield Optional.of(SignetCode.BAD_SOLUTION); // BIP-141: an unexpected witness
        }
        Hash32 digest = SigHash.legacy(toSign, 0, challenge.script());
        yield bare(solution.scriptSig(), stack -> satisfied(keys, stack, digest));
      }
      case SignetChallenge.KeyHash key ->
          solution.scriptSig().isEmpty()
              ? byKeyHash(toSign, solution.witness(), key)
              : Optional.of(SignetCode.BAD_SOLUTION);
      case SignetChallenge.ScriptHash script ->
          solution.scriptSig().isEmpty()
              ? byScriptHash(toSign, solution.witness(), script)
              : Optional.of(SignetCode.BAD_SOLUTION);
    };
  }

  private static Optional<SignetCode> bare(
      Bytes script, Function<List<Bytes>, Optional<SignetCode>> then) {
    Optional<List<Operation>> all =
        script.size() > MAX_SCRIPT ? Optional.empty() : ScriptReader.all(script);
    if (all.isEmpty()) {
      return Optional.of(SignetCode.BAD_SOLUTION);
    }
    if (!all.get().stream().allMatch(Operation::isPush)) {
      return Optional.of(SignetCode.SOLUTION_NOT_SUPPORTED);
    }
    return then.apply(all.get().stream().map(Operation::pushed).toList());
  }

  private static Optional<SignetCode> byKeyHash(
      BitcoinTransaction toSign, List<Bytes> witness, SignetChallenge.KeyHash key) {
    if (witness.size() != 2 || !Digests.hash160(witness.getLast()).equals(key.hash())) {
      return Optional.of(SignetCode.BAD_SOLUTION);
    }
    Bytes shown = witness.getLast();
    if (shown.size() != PublicKey.SIZE || !Secp256k1.instance().isPublicKey(shown)) {
      return Optional.of(SignetCode.SOLUTION_NOT_SUPPORTED);
    }
    Hash32 digest = SigHash.witnessV0(toSign, 0, OutputScript.p2pkh(key.hash()), 0);
    return signed(witness.getFirst(), new PublicKey(shown), digest);
  }

  private static Optional<SignetCode> byScriptHash(
      BitcoinTransaction toSign, List<Bytes> witness, SignetChallenge.ScriptHash hash) {
    if (witness.isEmpty() || !Digests.sha256(witness.getLast()).bytes().equals(hash.hash())) {
      return Optional.of(SignetCode.BAD_SOLUTION);
    }
    Bytes script = witness.getLast();
    Optional<SignetChallenge.Keys> keys = SignetChallenge.keys(script);
    if (keys.isEmpty()) {
      return Optional.of(SignetCode.SOLUTION_NOT_SUPPORTED);
    }
    List<Bytes> stack = witness.subList(0, witness.size() - 1);
    // BIP-141: a witness program leaves nothing on the stack
    return stack.size() == elements(keys.get())
        ? satisfied(keys.get(), stack, SigHash.witnessV0(toSign, 0, script, 0))
        : Optional.of(SignetCode.BAD_SOLUTION);
  }

  private static int elements(SignetChallenge.Keys keys) {
    return keys.required() + (keys.multisig() ? 1 : 0);
  }

  /**
   * Whether the top of the stack holds the signatures, each by a key behind that of the one before.
   */
  private static Optional<SignetCode> satisfied(
      SignetChallenge.Keys keys, List<Bytes> stack, Hash32 digest) {
    int size = stack.size();
    boolean tooLarge =
        size + keys.keys().size() + 2 > MAX_STACK
            || stack.stream().anyMatch(each -> each.size() > ScriptBuilder.MAX_ELEMENT);
    if (size < elements(keys) || tooLarge) {
      return Optional.of(SignetCode.BAD_SOLUTION);
    }
    List<Bytes> signatures = stack.subList(size - keys.required(), size);
    if (keys.multisig() && !stack.get(size - keys.required() - 1).isEmpty()) {
      return Optional.of(SignetCode.BAD_SOLUTION); // BIP-147
    }
    int key = 0;
    for (int i = 0; i < signatures.size(); i++) {
      Optional<SignetCode> wrong = Optional.of(SignetCode.BAD_SOLUTION);
      while (wrong.isPresent() && key < keys.keys().size()) {
        wrong = signed(signatures.get(i), keys.keys().get(key), digest);
        key++;
      }
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return Optional.empty();
  }

  private static Optional<SignetCode> signed(Bytes element, PublicKey key, Hash32 digest) {
    Optional<DerSignature> signature = DerSignature.parse(element);
    if (signature.isEmpty()) {
      return Optional.of(SignetCode.BAD_SOLUTION);
    }
    if (signature.get().hashType() != SigHash.ALL) {
      return Optional.of(SignetCode.SOLUTION_NOT_SUPPORTED);
    }
    return Secp256k1.instance().verifyEcdsa(signature.get().signature(), digest, key)
        ? Optional.empty()
        : Optional.of(SignetCode.BAD_SOLUTION);
  }
}
