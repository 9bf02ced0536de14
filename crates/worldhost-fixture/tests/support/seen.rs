//! What a process has at one moment.

/// Memory, descriptors and threads.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub kib: u64,
    pub descriptors: usize,
    pub threads: u64,
}

impl Seen {
    pub fn of(pid: u32) -> Seen {
        let of = format!("/proc/{pid}");
        let status = std::fs::read_to_string(format!("{of}/status")).unwrap();
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap()
                .split_whitespace()
                .next()
                .unwrap()
                .parse()
                .unwrap()
        };
        Seen {
            kib: number("VmRSS:"),
            descriptors: std::fs::read_dir(format!("{of}/fd")).unwrap().count(),
            threads: number("Threads:"),
        }
    }
}
