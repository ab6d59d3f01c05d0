package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.evm.EvmBlock;
import java.util.List;
import java.util.Optional;

/**
 * Evidence that the chain's finality broke: {@code u8 version = 1 | u8 count | count times bytes
 * message}, one message that contradicts a final block of the state or two that contradict each
 * other. Each must be an update or finality update that two thirds of a committee of the state
 * signed. Two attested headers are no evidence: honest validators sign both sides of a short
 * reorganisation, in different slots.
 *
 * <p>Rejects with {@code malformed} (another form, or an update with a committee or an execution
 * header), {@code not-misbehaviour} (no finality, or blocks that one chain can hold) and the codes
 * of {@link SyncProtocol#validate}.
 *
 * <p>altair/light-client/sync-protocol.md, {@code validate_light_client_update}.
 */
final class Misbehaviour {
  private static final int VERSION = 1;
  private static final int MAX_MESSAGE = 65_536;

  private final ClientView view;
  private final EthereumState state;
  private final Budget budget;
  private final long slot;

  private Misbehaviour(ClientView view, EthereumState state, Budget budget, long nowSeconds) {
    this.view = view;
    this.state = state;
    this.budget = budget;
    this.slot = state.network().slotAt(nowSeconds);
  }

  static Bytes encode(List<Bytes> messages) {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u8(messages.size());
    messages.forEach(out::bytes);
    return out.toBytes();
  }

  static Verdict<ClientDelta> check(
      ClientView view, EthereumState state, Bytes evidence, Budget budget, long nowSeconds) {
    if (!UpdateCheck.charge(budget, evidence)) {
      return UpdateCheck.exceeded("before decoding");
    }
    try {
      List<Bytes> messages = CanonicalReader.decode(evidence, Misbehaviour::read);
      return new Misbehaviour(view, state, budget, nowSeconds).check(messages);
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static List<Bytes> read(CanonicalReader in) {
    int version = in.u8();
    int count = in.u8();
    if (version != VERSION || count < 1 || count > 2) {
      throw new DecodeException("evidence version " + version + " of " + count + " messages");
    }
    Bytes first = in.bytes(MAX_MESSAGE);
    return count == 1 ? List.of(first) : List.of(first, in.bytes(MAX_MESSAGE));
  }

  private Verdict<ClientDelta> check(List<Bytes> messages) {
    Verdict<FinalBlock> first = finalBlock(messages.getFirst());
    return messages.size() == 1
        ? first.then(block -> verdict(contradictsState(block)))
        : first.then(
            a ->
                finalBlock(messages.getLast())
                    .then(
                        b ->
                            verdict(
                                a.contradicts(b) || contradictsState(a) || contradictsState(b))));
  }

  private Verdict<ClientDelta> verdict(boolean contradiction) {
    if (!contradiction) {
      return Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "the blocks do not contradict");
    }
    ClientDelta.Builder delta = ClientDelta.builder();
    state.freeze().save(delta);
    return Verdict.accept(delta.build());
  }

  private boolean contradictsState(FinalBlock block) {
    return state.latest().contradicts(block)
        || FinalRing.atSlot(view, block.slot()).filter(block::contradicts).isPresent()
        || block
            .execution()
            .map(EvmBlock::number)
            .flatMap(number -> FinalRing.atNumber(view, number))
            .filter(block::contradicts)
            .isPresent();
  }

  /** What a message proves final, under the committees of the state. */
  private Verdict<FinalBlock> finalBlock(Bytes encoded) {
    Preset preset = state.network().preset();
    EthereumMessage message = EthereumMessage.decode(encoded, preset);
    boolean named =
        message.kind() == EthereumMessage.Kind.UPDATE
            || message.kind() == EthereumMessage.Kind.FINALITY;
    if (!named || message.executionHeader().isPresent()) {
      return Verdict.reject(RejectionCode.MALFORMED, "not a bare update");
    }
    LightClientUpdate update = message.update(preset);
    SyncProtocol protocol = new SyncProtocol(state.network(), Profile.BRIDGE);
    return protocol
        .evidence(state.store(), update, slot)
        .then(
            checked ->
                checked.finalized().isEmpty()
                    ? Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "nothing is final")
                    : UpdateCheck.signature(protocol, view, state, checked, budget))
        .then(signed -> Verdict.accept(block(signed.finalized())));
  }

  private FinalBlock block(LightClientHeader header) {
    // From Gloas on only the hash of the execution block is at hand: slots are compared then.
    Verdict<FinalBlock> bound = ExecutionBinding.bind(state.network(), header, Optional.empty());
    return bound instanceof Verdict.Accepted<FinalBlock>(FinalBlock block)
        ? block
        : new FinalBlock(header.beacon().slot(), header.beacon().root(), Optional.empty());
  }
}
