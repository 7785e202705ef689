// Which files all nodes of a cluster can see.
#pragma once

#include <string>
#include <vector>

namespace jury {

/// Throws ConfigError when `path`, which need not exist yet, is in a folder that each node has for itself: /tmp,
/// /var/tmp, /run, /dev, /proc, or any file system that is in memory. `what` begins the message; folders in `shared`
/// are good all the same. Network file systems cannot be told from local disks by name, so other places are believed.
void expect_seen_by_all_nodes(const std::string& what, const std::string& path, const std::vector<std::string>& shared);

}  // namespace jury
