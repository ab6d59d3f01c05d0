package dev.trestle.adapter;

import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.packet.Packet;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * The bridge contract of a chain. It verifies everything itself; the sender is trusted with
 * nothing.
 */
public interface PacketPort {
  /** Signs the delivery of a packet to {@code contract}. */
  Future<SignedTransaction> prepareDelivery(
      Bytes contract, PacketDelivery delivery, SecretKey from);

  /** Whether {@code contract} has executed the packet. */
  Future<Boolean> isDelivered(Bytes contract, Hash32 packetId);

  /** First epoch of the newest set of validators that {@code contract} knows. */
  Future<Long> validatorEpoch(Bytes contract);

  /**
   * Tells {@code contract} the next epoch's validators; the old set's certificate vouches for them.
   */
  Future<SignedTransaction> prepareValidatorUpdate(
      Bytes contract,
      Bytes header,
      Bytes certificate,
      List<EvmAddress> validators,
      List<EvmAddress> nextValidators,
      SecretKey from);

  /** Signs a burn of wrapped tokens of {@code assetId}, to be released to {@code recipient}. */
  Future<SignedTransaction> prepareBurn(
      Bytes contract, Hash32 assetId, Amount amount, Bytes recipient, SecretKey holder);

  /** Address of the token that {@code contract} mints for {@code assetId}. */
  default Future<String> wrappedAsset(Bytes contract, Hash32 assetId) {
    return Future.failedFuture(
        new AdapterException(AdapterError.NOT_SUPPORTED, "no wrapped assets here"));
  }

  /** Wrapped tokens of {@code assetId} that {@code address} holds. */
  Future<Amount> wrappedBalance(Bytes contract, Hash32 assetId, String address);

  /** All wrapped tokens of {@code assetId}. */
  Future<Amount> wrappedSupply(Bytes contract, Hash32 assetId);

  /**
   * @param header canonical header of the certified block: the one that emitted the packet, or a
   *     newer one if {@code past} is there
   * @param certificate commit certificate of that block
   * @param validators the set that certified it, ascending
   * @param leafIndex of the packet in the outbox of the block that emitted it
   * @param leafCount of that outbox
   * @param siblings from the leaf up
   * @param past the block that emitted the packet, if it is older than the certified one
   */
  record PacketDelivery(
      Bytes header,
      Bytes certificate,
      List<EvmAddress> validators,
      Packet packet,
      long leafIndex,
      long leafCount,
      List<Hash32> siblings,
      Optional<PastBlock> past) {
    public PacketDelivery {
      validators = List.copyOf(validators);
      siblings = List.copyOf(siblings);
    }

    /** Of a packet that the certified block itself emitted. */
    public PacketDelivery(
        Bytes header,
        Bytes certificate,
        List<EvmAddress> validators,
        Packet packet,
        long leafIndex,
        long leafCount,
        List<Hash32> siblings) {
      this(
          header,
          certificate,
          validators,
          packet,
          leafIndex,
          leafCount,
          siblings,
          Optional.empty());
    }
  }

  /**
   * A block that a newer one's history root shows: the validators of its own time, whose era may be
   * over at the contract, are not needed any more.
   *
   * @param header canonical header
   * @param siblings of its id among the ids of all blocks before the newer one, from the leaf up
   */
  record PastBlock(Bytes header, List<Hash32> siblings) {
    public PastBlock {
      siblings = List.copyOf(siblings);
    }
  }
}
