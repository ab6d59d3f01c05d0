// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Proofs under the roots of a relay chain's header
/// @notice The trees of relay-chain/docs/wire-format.md ("Trees", "State tree"). Every function answers false for a proof of
///   another shape; none reverts.
library RelayProofs {
    uint256 private constant MAX_DEPTH = 256;

    /// @notice Whether `leaf` is leaf `index` of the tree of `count` leaves with this root: RFC 9162 2.1.3.2, with the
    ///   number of leaves bound into the root.
    /// @param siblings from the leaf up
    function includes(bytes32 root, bytes32 leaf, uint64 index, uint64 count, bytes32[] calldata siblings)
        internal
        pure
        returns (bool)
    {
        if (index >= count) return false;
        bytes32 hash = keccak256(abi.encodePacked(uint8(0), leaf));
        uint64 node = index;
        uint64 last = count - 1;
        for (uint256 i = 0; i < siblings.length; i++) {
            if (last == 0) return false;
            if (node & 1 == 1 || node == last) {
                hash = keccak256(abi.encodePacked(uint8(1), siblings[i], hash));
                while (node & 1 == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                hash = keccak256(abi.encodePacked(uint8(1), hash, siblings[i]));
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && keccak256(abi.encodePacked(uint8(2), count, hash)) == root;
    }

    /// @notice Whether `value` stands under `key` in the state with this root.
    /// @param siblings from the root down
    function holds(bytes32 root, bytes calldata key, bytes calldata value, bytes32[] calldata siblings)
        internal
        pure
        returns (bool)
    {
        if (root == 0 || siblings.length > MAX_DEPTH) return false;
        bytes32 keyHash = keccak256(key);
        return _fold(keyHash, _leaf(keyHash, keccak256(value)), siblings) == root;
    }

    /// @notice Whether nothing stands under `key` in the state with this root.
    /// @param siblings from the root down
    /// @param other keyHash and valueHash of the leaf that stands where the key would be; empty if none does
    function lacks(bytes32 root, bytes calldata key, bytes32[] calldata siblings, bytes32[] calldata other)
        internal
        pure
        returns (bool)
    {
        if (root == 0 || siblings.length > MAX_DEPTH) return false;
        bytes32 keyHash = keccak256(key);
        if (other.length == 0) return _fold(keyHash, 0, siblings) == root;
        if (other.length != 2 || other[0] == keyHash) return false;
        // a leaf of another slot says nothing about this one
        if (siblings.length > 0 && uint256(other[0] ^ keyHash) >> (MAX_DEPTH - siblings.length) != 0) return false;
        return _fold(keyHash, _leaf(other[0], other[1]), siblings) == root;
    }

    function _leaf(bytes32 keyHash, bytes32 valueHash) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(3), keyHash, valueHash));
    }

    /// @dev Bits of the path are taken from the most significant down.
    function _fold(bytes32 keyHash, bytes32 bottom, bytes32[] calldata siblings) private pure returns (bytes32 hash) {
        hash = bottom;
        for (uint256 depth = siblings.length; depth > 0; depth--) {
            bytes32 sibling = siblings[depth - 1];
            hash = (uint256(keyHash) >> (MAX_DEPTH - depth)) & 1 == 1
                ? keccak256(abi.encodePacked(uint8(4), sibling, hash))
                : keccak256(abi.encodePacked(uint8(4), hash, sibling));
        }
    }
}
