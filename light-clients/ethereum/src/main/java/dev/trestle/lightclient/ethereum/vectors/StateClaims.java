package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.proofs.evm.EvmAccount;
import dev.trestle.proofs.evm.StateProof;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Claims about accounts and slots as vectors and {@code eth_getProof} (EIP-1186) write them. */
final class StateClaims {
  private StateClaims() {}

  /** What an EIP-1186 object turned out to say. */
  record Found(boolean account, List<Boolean> slots) {}

  /**
   * Checks an EIP-1186 object against a state root: every stated value must be the proved one.
   * Refuses with the code of the proof or with {@link RejectionCode#VALUE_MISMATCH}.
   */
  static Verdict<Found> eip1186(Hash32 stateRoot, JsonNode proof) {
    EvmAddress address = address(VectorJson.hex(proof, "address"));
    List<Bytes> nodes =
        StateProof.normalized(stateRoot, nodes(VectorJson.field(proof, "accountProof")));
    return StateProof.account(stateRoot, address, nodes)
        .then(found -> stated(found, proof))
        .then(found -> slots(found, proof));
  }

  private static Verdict<Optional<EvmAccount>> stated(Optional<EvmAccount> found, JsonNode proof) {
    EvmAccount account = found.orElse(EvmAccount.EMPTY);
    Hash32 code = BeaconJson.hash(proof, "codeHash");
    // Of an absent account some clients state the code hash as zero.
    boolean codeFits = code.equals(account.codeHash()) || (found.isEmpty() && code.isZero());
    Hash32 storage = BeaconJson.hash(proof, "storageHash");
    boolean storageFits =
        storage.equals(account.storageRoot()) || (found.isEmpty() && storage.isZero());
    boolean fits =
        codeFits
            && storageFits
            && quantity(proof, "nonce").equals(account.nonce())
            && quantity(proof, "balance").equals(account.balance());
    return fits
        ? Verdict.accept(found)
        : Verdict.reject(RejectionCode.VALUE_MISMATCH, "the account is " + account);
  }

  private static Verdict<Found> slots(Optional<EvmAccount> account, JsonNode proof) {
    Hash32 root = account.orElse(EvmAccount.EMPTY).storageRoot();
    Found found = new Found(account.isPresent(), List.of());
    for (JsonNode each :
        VectorJson.optional(proof, "storageProof").map(VectorJson::list).orElse(List.of())) {
      Verdict<Hash32> value =
          slot(root, each).then(proved -> equal(proved, quantity(each, "value")));
      if (!(value instanceof Verdict.Accepted<Hash32>(Hash32 word))) {
        Found partial = found;
        return value.then(ignored -> Verdict.accept(partial));
      }
      List<Boolean> slots = new java.util.ArrayList<>(found.slots());
      slots.add(!word.isZero());
      found = new Found(found.account(), List.copyOf(slots));
    }
    return Verdict.accept(found);
  }

  private static Verdict<Hash32> slot(Hash32 root, JsonNode proof) {
    Hash32 key = word(quantity(proof, "key"));
    List<Bytes> nodes = StateProof.normalized(root, nodes(VectorJson.field(proof, "proof")));
    return StateProof.storage(root, key, nodes);
  }

  private static Verdict<Hash32> equal(Hash32 proved, BigInteger stated) {
    return proved.equals(word(stated))
        ? Verdict.accept(proved)
        : Verdict.reject(RejectionCode.VALUE_MISMATCH, "the slot is " + proved);
  }

  /**
   * The form of IBC eureka's fixtures: {@code {address, account_proof{storage_root, proof},
   * storage_proof{key, value, proof}}}.
   */
  static Verdict<Hash32> membership(Hash32 stateRoot, JsonNode step) {
    JsonNode account = VectorJson.field(step, "account_proof");
    JsonNode storage = VectorJson.field(step, "storage_proof");
    Hash32 storageRoot = BeaconJson.hash(account, "storage_root");
    EvmAddress address = address(VectorJson.hex(step, "address"));
    List<Bytes> nodes = StateProof.normalized(stateRoot, nodes(VectorJson.field(account, "proof")));
    return StateProof.account(stateRoot, address, nodes)
        .then(
            found ->
                found.orElse(EvmAccount.EMPTY).storageRoot().equals(storageRoot)
                    ? Verdict.accept(storageRoot)
                    : Verdict.reject(RejectionCode.VALUE_MISMATCH, "another storage root"))
        .then(root -> slot(root, storage))
        .then(proved -> equal(proved, quantity(storage, "value")));
  }

  static List<Bytes> nodes(JsonNode array) {
    return VectorJson.list(array).stream().map(VectorJson::hex).toList();
  }

  private static EvmAddress address(Bytes bytes) {
    if (bytes.size() != EvmAddress.SIZE) {
      throw new DecodeException("an address of " + bytes.size() + " bytes");
    }
    return new EvmAddress(bytes);
  }

  private static BigInteger quantity(JsonNode node, String name) {
    return BeaconJson.unsigned(VectorJson.field(node, name));
  }

  private static Hash32 word(BigInteger value) {
    byte[] raw = value.toByteArray();
    byte[] out = new byte[Hash32.SIZE];
    for (int i = 0; i < Math.min(raw.length, out.length); i++) {
      out[out.length - 1 - i] = raw[raw.length - 1 - i];
    }
    return Hash32.wrap(out);
  }
}
