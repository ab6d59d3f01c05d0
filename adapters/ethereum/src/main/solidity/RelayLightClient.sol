// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RelayProofs} from "./RelayProofs.sol";

/// @title Light client of the relay chain
/// @notice Knows one relay chain and the validator set of each of its eras, and verifies blocks of it: header (398 bytes)
///   and commit certificate, version 1, as relay-chain/docs/wire-format.md defines them. It has no owner and no way to be
///   changed: only a certificate of the current validators installs the next ones.
/// @dev An era is a run of epochs with one validator set. The set of a past era stays good for OLD_ERA_GRACE after its
///   successor was installed, so that packets on their way still arrive; after that its keys are worth nothing here, even
///   if all of them are stolen.
contract RelayLightClient {
    uint256 private constant HEADER_LENGTH = 398;
    uint256 private constant CERTIFICATE_HEAD = 48;
    uint256 private constant SIGNATURE_LENGTH = 64;
    uint256 private constant MIN_VALIDATORS = 4;
    bytes32 private constant VALIDATORS_TAG = keccak256("TRESTLE/relay/validators/v1");
    bytes32 private constant COMMIT_TAG = keccak256("TRESTLE/relay/commit/v1");
    /// half of the order of secp256k1: EIP-2 allows no larger s
    uint256 private constant MAX_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @notice Seconds for which the set of a past era still certifies its own blocks.
    uint256 public constant OLD_ERA_GRACE = 7 days;

    /// @notice keccak256 of the relay chain's genesis document.
    bytes32 public immutable chainId;

    /// @param validatorsHash of the set that certifies the era
    /// @param firstEpoch first epoch of the era
    /// @param firstHeight first block of the era
    /// @param retiredAt block.timestamp at which the next era was installed here; 0 for the current one
    struct Era {
        bytes32 validatorsHash;
        uint64 firstEpoch;
        uint64 firstHeight;
        uint64 retiredAt;
    }

    /// @notice What a verified header says.
    /// @dev Nine words; _parse writes them by their places and verify returns them as they stand.
    struct RelayBlock {
        bytes32 id;
        uint64 height;
        uint64 timeMs;
        uint64 epoch;
        bytes32 validatorsHash;
        bytes32 nextValidatorsHash;
        bytes32 stateRoot;
        bytes32 outboxRoot;
        bytes32 historyRoot;
    }

    /// apart from the others, so that a block of it costs two storage reads
    Era private current;
    Era[] private past;

    event EraStarted(uint64 indexed firstEpoch, uint64 firstHeight, bytes32 validatorsHash);

    error HeaderMalformed();
    error WrongRelayChain();
    error UnknownEra(uint64 epoch, uint64 height);
    error EraExpired(uint64 epoch);
    error WrongValidators();
    error ValidatorsMalformed();
    error CertificateMalformed();
    error CertificateOfOtherBlock();
    error BitsBeyondSet();
    error BadSignature(uint256 validator);
    error QuorumTooLow(uint256 signers, uint256 validators);
    error NoHandOver();
    error NotInHistory(uint64 height);

    /// @param chainId_ of the relay chain
    /// @param firstEpoch first epoch of the trusted era
    /// @param firstHeight first height of the trusted era; blocks before it are never accepted
    /// @param validators the trusted set, ascending
    constructor(bytes32 chainId_, uint64 firstEpoch, uint64 firstHeight, address[] memory validators) {
        if (chainId_ == 0 || firstHeight == 0) revert HeaderMalformed();
        chainId = chainId_;
        _startEra(_hashWords(validators), firstEpoch, firstHeight);
    }

    /// @notice Verifies a block; reverts unless it is certified by more than two thirds of the set of its era.
    function verify(bytes calldata header, bytes calldata certificate, address[] calldata validators)
        external
        view
        returns (RelayBlock memory relayBlock)
    {
        _verify(header, certificate, validators, relayBlock);
        assembly ("memory-safe") {
            return(relayBlock, 0x120) // nine words, in memory as in the ABI
        }
    }

    /// @param relayBlock gets what the header says
    function _verify(
        bytes calldata header,
        bytes calldata certificate,
        address[] calldata validators,
        RelayBlock memory relayBlock
    ) private view {
        _parse(header, relayBlock);
        bytes32 trusted = _trustedSet(relayBlock);
        if (relayBlock.validatorsHash != trusted || _hash(validators) != trusted) revert WrongValidators();
        _checkCertificate(certificate, validators, relayBlock);
    }

    /// @notice Verifies an older block by a newer one: `header` is certified, and its history root holds `older`. Which set
    ///   certified the older block, and whether that era has expired here, does not matter: the newer validators vouch.
    /// @param siblings of the older block's id in the tree of all block ids before `header`, from the leaf up
    function verifyOlder(
        bytes calldata header,
        bytes calldata certificate,
        address[] calldata validators,
        bytes calldata older,
        bytes32[] calldata siblings
    ) external view returns (RelayBlock memory relayBlock) {
        RelayBlock memory newer;
        _verify(header, certificate, validators, newer);
        _parse(older, relayBlock);
        uint64 height = relayBlock.height;
        if (height == 0 || height >= newer.height) revert NotInHistory(height);
        if (!RelayProofs.includes(newer.historyRoot, relayBlock.id, height - 1, newer.height - 1, siblings)) {
            revert NotInHistory(height);
        }
    }

    /// @notice Whether a block emitted the packet; `outboxRoot` is that of a verified block.
    /// @param index place of the packet in the block's outbox
    /// @param count size of that outbox
    function emitted(bytes32 outboxRoot, bytes32 packetId, uint64 index, uint64 count, bytes32[] calldata siblings)
        external
        pure
        returns (bool)
    {
        return RelayProofs.includes(outboxRoot, packetId, index, count, siblings);
    }

    /// @notice Whether `value` stands under `key` in the state of a verified block.
    function stateHolds(bytes32 stateRoot, bytes calldata key, bytes calldata value, bytes32[] calldata siblings)
        external
        pure
        returns (bool)
    {
        return RelayProofs.holds(stateRoot, key, value, siblings);
    }

    /// @notice Whether nothing stands under `key` in the state of a verified block.
    /// @param other keyHash and valueHash of the leaf that is met instead; empty if none is
    function stateLacks(bytes32 stateRoot, bytes calldata key, bytes32[] calldata siblings, bytes32[] calldata other)
        external
        pure
        returns (bool)
    {
        return RelayProofs.lacks(stateRoot, key, siblings, other);
    }

    /// @notice Installs the next validators: `header` is the last block of the current era, certified by the current
    ///   set, and names them. Anyone may call it.
    function updateValidators(
        bytes calldata header,
        bytes calldata certificate,
        address[] calldata validators,
        address[] calldata nextValidators
    ) external {
        RelayBlock memory last;
        _verify(header, certificate, validators, last);
        if (last.height < current.firstHeight || last.nextValidatorsHash == current.validatorsHash) revert NoHandOver();
        if (last.height == type(uint64).max || last.epoch == type(uint64).max) revert HeaderMalformed();
        if (_hash(nextValidators) != last.nextValidatorsHash) revert WrongValidators();
        past.push(Era(current.validatorsHash, current.firstEpoch, current.firstHeight, uint64(block.timestamp)));
        _startEra(last.nextValidatorsHash, last.epoch + 1, last.height + 1);
    }

    /// @notice The era that is current here.
    function currentEra() external view returns (Era memory) {
        return current;
    }

    function eraCount() external view returns (uint256) {
        return past.length + 1;
    }

    function eraAt(uint256 index) external view returns (Era memory) {
        return index == past.length ? current : past[index];
    }

    /// @notice validatorsHash of a set; reverts unless it is strictly ascending and has at least 4 members.
    function hashOf(address[] calldata validators) external pure returns (bytes32) {
        return _hash(validators);
    }

    function _startEra(bytes32 validatorsHash, uint64 firstEpoch, uint64 firstHeight) private {
        current = Era(validatorsHash, firstEpoch, firstHeight, 0);
        emit EraStarted(firstEpoch, firstHeight, validatorsHash);
    }

    function _parse(bytes calldata header, RelayBlock memory relayBlock) private view {
        if (header.length != HEADER_LENGTH) revert HeaderMalformed();
        bytes32 hub;
        uint256 wrong;
        assembly ("memory-safe") {
            let from := header.offset
            // version 1, and nothing in the reserved field at the end
            wrong := or(xor(shr(240, calldataload(from)), 1), calldataload(add(from, 366)))
            hub := calldataload(add(from, 2))
            let copy := mload(0x40)
            calldatacopy(copy, from, HEADER_LENGTH)
            mstore(relayBlock, keccak256(copy, HEADER_LENGTH))
            mstore(add(relayBlock, 0x20), shr(192, calldataload(add(from, 34)))) // height
            mstore(add(relayBlock, 0x40), shr(192, calldataload(add(from, 42)))) // timeMs
            mstore(add(relayBlock, 0x60), shr(192, calldataload(add(from, 82)))) // epoch
            calldatacopy(add(relayBlock, 0x80), add(from, 90), 0x40) // validatorsHash, nextValidatorsHash
            calldatacopy(add(relayBlock, 0xc0), add(from, 186), 0x60) // stateRoot, outboxRoot, historyRoot
        }
        if (wrong != 0) revert HeaderMalformed();
        if (hub != chainId) revert WrongRelayChain();
    }

    /// @dev 32 bytes of `data` from `offset` on; the caller has looked that they are there, or shifts away what is not.
    function _word(bytes calldata data, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(data.offset, offset))
        }
    }

    /// @dev The set of the newest era that starts at or before the block. Its epoch must lie in the same era, too.
    function _trustedSet(RelayBlock memory relayBlock) private view returns (bytes32) {
        uint64 nextEpoch = current.firstEpoch;
        if (relayBlock.height >= current.firstHeight) {
            if (relayBlock.epoch < nextEpoch) revert UnknownEra(relayBlock.epoch, relayBlock.height);
            return current.validatorsHash;
        }
        uint256 i = past.length;
        while (i > 0) {
            Era memory era = past[--i];
            if (relayBlock.height >= era.firstHeight) {
                if (relayBlock.epoch < era.firstEpoch || relayBlock.epoch >= nextEpoch) {
                    revert UnknownEra(relayBlock.epoch, relayBlock.height);
                }
                if (block.timestamp > era.retiredAt + OLD_ERA_GRACE) revert EraExpired(relayBlock.epoch);
                return era.validatorsHash;
            }
            nextEpoch = era.firstEpoch;
        }
        revert UnknownEra(relayBlock.epoch, relayBlock.height);
    }

    /// @param validators whose hash was checked
    function _checkCertificate(bytes calldata certificate, address[] calldata validators, RelayBlock memory relayBlock)
        private
        view
    {
        uint256 n = validators.length;
        uint256 head = _word(certificate, 0);
        uint256 signatures = certificate.length;
        // unchecked: n is at most 65,535, and a length is looked at before it is taken from
        unchecked {
            uint256 before = CERTIFICATE_HEAD + (n + 7) / 8;
            if (signatures < before || head >> 240 != 0x0101) revert CertificateMalformed();
            if (_word(certificate, 46) >> 240 != n) revert CertificateMalformed();
            if (uint64(head >> 176) != relayBlock.height || bytes32(_word(certificate, 14)) != relayBlock.id) {
                revert CertificateOfOtherBlock();
            }
            if (n % 8 != 0 && (_word(certificate, before - 1) >> 248) >> (n % 8) != 0) revert BitsBeyondSet();
            signatures -= before;
            if (signatures % SIGNATURE_LENGTH != 0) revert CertificateMalformed();
            uint256 signers = signatures / SIGNATURE_LENGTH;
            if (3 * signers <= 2 * n) revert QuorumTooLow(signers, n);
        }
        _checkSignatures(_commitDigest(head, relayBlock.id), certificate, validators, signatures);
    }

    /// @dev keccak256 of five words: tag, chain id, height, round, block id.
    /// @param head first word of the certificate: version and scheme, height (8 bytes), round (4 bytes), ...
    function _commitDigest(uint256 head, bytes32 id) private view returns (bytes32 digest) {
        bytes32 tag = COMMIT_TAG;
        bytes32 hub = chainId;
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, tag)
            mstore(add(words, 0x20), hub)
            mstore(add(words, 0x40), and(shr(176, head), 0xffffffffffffffff))
            mstore(add(words, 0x60), and(shr(144, head), 0xffffffff))
            mstore(add(words, 0x80), id)
            digest := keccak256(words, 0xa0)
        }
    }

    /// @dev A signature for every bit of the bitmap, in its order and with none left over: then there are as many different
    ///   signers as signatures. In the form of EIP-2098: r, then s with the parity of y in its top bit.
    /// @param signatures bytes of them at the end of the certificate, a multiple of 64
    function _checkSignatures(
        bytes32 digest,
        bytes calldata certificate,
        address[] calldata validators,
        uint256 signatures
    ) private view {
        uint256 n = validators.length;
        uint256 i;
        uint256 left = signatures;
        assembly ("memory-safe") {
            // what ecrecover reads: digest, v, r, s
            let input := mload(0x40)
            mstore(input, digest)
            let bitmap := add(certificate.offset, CERTIFICATE_HEAD)
            let end := add(certificate.offset, certificate.length)
            for {} lt(i, n) { i := add(i, 1) } {
                if iszero(and(shr(and(i, 7), byte(0, calldataload(add(bitmap, shr(3, i))))), 1)) { continue }
                if iszero(left) { break }
                let signature := sub(end, left)
                let vs := calldataload(add(signature, 0x20))
                let s := shr(1, shl(1, vs))
                mstore(add(input, 0x20), add(27, shr(255, vs)))
                mstore(add(input, 0x40), calldataload(signature))
                mstore(add(input, 0x60), s)
                // ecrecover answers nothing for garbage, and a call that fails writes nothing: both leave zero
                mstore(0, 0)
                pop(staticcall(gas(), 1, input, 0x80, 0, 0x20))
                let recovered := mload(0)
                let other := xor(recovered, calldataload(add(validators.offset, shl(5, i))))
                if or(or(other, iszero(recovered)), gt(s, MAX_S)) { break }
                left := sub(left, SIGNATURE_LENGTH)
            }
        }
        if (i < n && left != 0) revert BadSignature(i);
        // bits without signature, or signatures without bit
        if (i < n || left != 0) revert CertificateMalformed();
    }

    function _hash(address[] calldata validators) private pure returns (bytes32) {
        uint256 n = validators.length;
        address[] memory words = new address[](n);
        assembly ("memory-safe") {
            calldatacopy(add(words, 32), validators.offset, mul(32, n))
        }
        return _hashWords(words);
    }

    /// @dev keccak256(tag, u16 n, n addresses). The words may be anything: that they ascend, and that the last one is an
    ///   address, makes all of them addresses.
    function _hashWords(address[] memory validators) private pure returns (bytes32 hash) {
        uint256 n = validators.length;
        if (n < MIN_VALIDATORS || n > type(uint16).max) revert ValidatorsMalformed();
        bytes32 tag = VALIDATORS_TAG;
        bool ascending = true;
        assembly ("memory-safe") {
            let packed := mload(0x40)
            mstore(packed, tag)
            mstore(add(packed, 32), shl(240, n))
            let to := add(packed, 34)
            let from := add(validators, 32)
            let end := add(from, mul(32, n))
            let previous := 0
            for {} lt(from, end) {} {
                let validator := mload(from)
                ascending := and(ascending, gt(validator, previous))
                previous := validator
                mstore(to, shl(96, validator))
                to := add(to, 20)
                from := add(from, 32)
            }
            ascending := and(ascending, iszero(shr(160, previous)))
            hash := keccak256(packed, sub(to, packed))
        }
        if (!ascending) revert ValidatorsMalformed();
    }
}
