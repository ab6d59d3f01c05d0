package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.util.List;

/**
 * The call that a proposal makes: {@code protos.ChaincodeProposalPayload}, down to {@code
 * ChaincodeInput}.
 */
public record Invocation(String chaincode, List<Bytes> arguments) {
  private static final int MAX_ARGUMENTS = 16;

  public Invocation {
    arguments = List.copyOf(arguments);
  }

  /**
   * @throws DecodeException if it is malformed, carries transient fields, which no hash covers, or
   *     decorations, or initialises the chaincode
   */
  public static Invocation decode(Bytes proposal) {
    ProtoFields payload = ProtoFields.parse(proposal);
    ProtoFields specification = payload.message(1).message(1);
    ProtoFields input = specification.message(3);
    if (payload.has(2) || input.has(2) || input.varint(3) != 0) {
      throw new DecodeException("more than a chaincode and arguments");
    }
    return new Invocation(specification.message(2).text(2), input.repeated(1, MAX_ARGUMENTS));
  }
}
